"""Values of 200 random cases, stored before the house was rebuilt: they must stay.

``python -m tests.stored`` compares; with ``--write`` it stores what is found now.
"""
