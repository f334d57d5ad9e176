"""From what users give to a `Sample`: one act, at the public edge.

- `_table`: columns of arrays, lists and frames of any library, with their kinds;
- `_checks`: errors that say what is wrong, where, and the way out;
- `_kinds`: which columns hold labels;
- `_codes`: labels as integers;
- `_missing`: rows without a value left out, missing labels as a label of their own;
- `_values`: numbers as estimators take them: of ordinary size, without ties lost to rounding;
- `_sample`: all of it together.
"""
