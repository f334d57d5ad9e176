"""Selecting features by what they tell about the target."""

from ._joint_mi import JointMISelector

__all__ = ["JointMISelector"]
