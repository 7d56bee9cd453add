"""Let `python -m surveybook` do what the `surveybook` command does."""

from surveybook.cli import main

raise SystemExit(main())
