"""The instructor's side of the course: release, collect, grade, feedback, report."""

import sys

# jsonschema, which nbformat brings, builds a grammar of internationalized addresses on import if it can: more than a
# second of every start, for a check that no notebook needs. It does without where the package is missing.
sys.modules.setdefault("rfc3987_syntax", None)
