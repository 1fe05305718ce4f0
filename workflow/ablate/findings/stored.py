"""findings.json: every study's answer and every claim's verdict, for pages and commands to show."""

from typing import ClassVar

from pydantic import Field

from ablate.findings.answer import Answer
from ablate.findings.verdict import Verdict
from ablate.runs.sealed import Sealed

NAME = "findings.json"


class Findings(Sealed):
    """The content of findings.json, in the folder of the tables."""

    NAME: ClassVar[str] = NAME
    VERSION: ClassVar[int] = 1
    MEND: ClassVar[str] = "Remove it and make it anew, which trains nothing: {command}"

    answers: dict[str, Answer] = Field(description="by study, in the order of the config")
    verdicts: dict[str, Verdict] = Field(description="by claim, in the order of the config")
