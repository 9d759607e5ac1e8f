"""What somebody wrote now, without what they answer to."""

import re

_LOOKED_AT = 100_000  # characters
_AFTER = 200  # lines that may answer between quotes
_WROTE = (
    "wrote", "writes", "schrieb", "schreibt", "a écrit", "escribió", "escreveu", "ha scritto",
    "schreef", "skrev", "napisał", "napisała", "написал", "написала", "пише", "kirjoitti", "napsal",
    "yazd\u0131", "写道", "書きました", "작성",
)  # fmt: skip
_ATTRIBUTION = re.compile(
    rf"^[ \t]*(?:>[ \t]?)?(?=[^\n]*(?:\d|@))[^\n]{{4,300}}?(?:{'|'.join(_WROTE)})[^\n]{{0,120}}[:\uff1a]?[ \t]*$",
    re.IGNORECASE,
)
_DIVIDER = re.compile(
    r"^[ \t]*[-_*]{2,}[ \t]*(?:original message|forwarded message|ursprüngliche nachricht|"
    r"message d.origine|messaggio originale|mensaje original|mensagem original|"
    r"oorspronkelijk bericht|original-nachricht|weitergeleitete nachricht)[ \t]*[-_*]{2,}[ \t]*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[ \t]*_{10,}[ \t]*$")
_FIELD = re.compile(
    r"^[ \t]*\*?(from|von|de|da|van|från|fra|od|от|sent|gesendet|envoyé|inviato|enviado|verzonden|skickat|sendt|date|datum|data|fecha|to|an|à|a|para|aan|till|til|subject|betreff|objet|oggetto|asunto|assunto|onderwerp|ämne|emne)\*?[ \t]*:\*?[ \t]+\S",
    re.IGNORECASE,
)
_ORIGINAL = "from|von|de|da|van|från|fra|od|от"
_BEGINS = re.compile(rf"^[ \t]*\*?(?:{_ORIGINAL})\*?[ \t]*:", re.IGNORECASE)
_SIGNATURE = re.compile(r"^-- ?$")
_QUOTED = re.compile(r"^[ \t]*>")


def newly_written(text: str) -> str:
    """The text above and between what is quoted. Where nothing is left, the text as it is."""
    lines = text[:_LOOKED_AT].split("\n")
    end = _history(lines)
    kept = [line for line in lines[:end] if not _QUOTED.match(line)]
    said = "\n".join(_without_signature(kept)).strip()
    if end < len(lines) or len(text) <= _LOOKED_AT:
        return said or text.strip()
    return said + text[_LOOKED_AT:]


def _history(lines: list[str]) -> int:
    """The line at which what came before begins; their number where there is none."""
    text = "\n".join(lines).lower()
    said = [word for word in _WROTE if word in text]
    says_who = [any(word in line.lower() for word in said) for line in lines] if said else []
    for at, line in enumerate(lines):
        if ("-" in line or "*" in line or "_" in line) and _DIVIDER.match(line):
            return at
        if (":" in line or "__" in line) and _fields_follow(lines, at):
            return at
        if any(says_who[at : at + 2]) and _attributes(lines, at):
            return at
    return len(lines)


def _attributes(lines: list[str], at: int) -> bool:
    """Whether a line, or it and the next, says who wrote what follows, and only quotes follow."""
    for number in (1, 2):
        said = " ".join(line.strip() for line in lines[at : at + number])
        if lines[at].strip() and _ATTRIBUTION.match(said):
            after = [line for line in lines[at + number : at + _AFTER] if line.strip()]
            if not after or _QUOTED.match(after[0]) or said.rstrip().endswith((":", "\uff1a")):
                return not _answers_between(after)
    return False


def _answers_between(after: list[str]) -> bool:
    """Whether words of theirs stand between the quotes, as some people answer."""
    quoted = [bool(_QUOTED.match(line)) for line in after]
    return True in quoted and False in quoted[quoted.index(True) :] and quoted[0]


def _fields_follow(lines: list[str], at: int) -> bool:
    """The head of a mail as Outlook puts it above what is answered."""
    start = at + 1 if _RULE.match(lines[at]) else at
    block = lines[start : start + 4]
    return (
        len(block) > 2
        and bool(_BEGINS.match(block[0]))
        and sum(bool(_FIELD.match(one)) for one in block) > 2
    )


def _without_signature(lines: list[str]) -> list[str]:
    for at in range(len(lines) - 1, max(len(lines) - 12, 0), -1):
        if _SIGNATURE.match(lines[at]):
            return lines[:at]
    return lines
