"""Files are there whole or not at all, and what was left of them goes."""

import os
import time

import pytest

from skmi._files import UNFINISHED, prepare_folder, replacing


def test_a_failed_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def interrupted():
        with replacing(path) as unfinished:
            unfinished.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"
    with replacing(path) as unfinished:
        unfinished.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_what_a_killed_run_was_writing_is_removed(tmp_path):
    folder = tmp_path / "a" / "b"
    prepare_folder(folder)
    names = "old" + UNFINISHED, "new" + UNFINISHED, "whole"
    for name in names:
        (folder / name).write_text("")
    hours_ago = time.time() - 7200
    for name in (names[0], names[2]):
        os.utime(folder / name, (hours_ago, hours_ago))
    prepare_folder(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(names[1:])


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        prepare_folder(tmp_path / "file")
