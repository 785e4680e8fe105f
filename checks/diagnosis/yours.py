"""What stands in a script for its reader's layer: two functions, or the lines that make them of what the reader has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from checks.adapters.pair_preamble import YOURS as PAIR
from checks.adapters.torch_parts import of_parts
from checks.diagnosis.by_owners import by_owners
from checks.diagnosis.calls import Spelled
from checks.diagnosis.events import LAYER, Backward, Event, Forward
from checks.parts import part
from checks.subject import Subject
from checks.types import Config

#: Where a script's reader puts their own layer.
YOURS = f"from your_module import forward, backward{PAIR}"

#: The same of a layer that is no such pair.
AROUND = "from your_module import forward, backward  # to be written around your layer: (y, saved), then gradients"


#: Names of functions that scripts define, and lines that import.
FUNCTIONS, IMPORT = ("forward", "backward", "ahead", "back"), re.compile(r"from \w+ import ")


def in_our_words(names: Mapping[str, str], config: Config) -> str:
    """Arrays in our order, then PyTorch's keywords."""
    return ", ".join([*names.values(), *(f"{word}={value!r}" for word, value in config.items())])


def yours_of(events: Sequence[Event], subject: Subject | None) -> tuple[str, Spelled, dict[int, str]]:
    """The lines that stand for the reader's layer, how its forward is called after them, and what numbers its calls.

    A pair of functions is written once for each of the settings with which it is called.
    """
    made = _made(events, subject)
    texts = list(dict.fromkeys(made.values()))
    if subject and texts and all(texts) and (len(texts) == 1 or not any(map(of_an_object, texts))):
        numbers = {text: str(place + 1) if place else "" for place, text in enumerate(texts)}
        yours = "\n\n\n".join(_numbered(by_owners(text, subject.owners), numbers[text]) for text in texts)
        spelled = subject.spelled or (lambda names, _: ", ".join(names.values()))
        return (
            of_parts(yours) if _parts(events) else yours,
            spelled,
            {call: numbers[text] for call, text in made.items()},
        )
    ours = YOURS if subject is None or subject.preamble is None else AROUND
    layout = f", behind transposes from (N, C, ...) to {subject.layout}" if subject and subject.layout else ""
    in_its_words = subject.spelled if subject and len(texts) <= 1 else None
    return ours + layout, in_its_words or in_our_words, {}


def _parts(events: Sequence[Event]) -> bool:
    """Whether an array is handed over that is a part of a longer one."""
    handed = [each for event in events if isinstance(event, Forward) for each in event.handed]
    handed += [event.dy for event in events if isinstance(event, Backward)]
    return any(part(each.array) for each in handed)


def _made(events: Sequence[Event], subject: Subject | None) -> dict[int, str]:
    """The lines that make a layer for each of these forwards, by its number; none where nobody knows any."""
    if subject is None or subject.preamble is None:
        return {}
    ahead = [event for event in events if isinstance(event, Forward)]
    return {
        event.call: subject.preamble({each.name: each.numbers for each in event.handed}, event.config)
        for event in ahead
    }


def _numbered(text: str, number: str) -> str:
    """The same with a number behind the names of both functions, and of those that they call."""
    own = [name for name in FUNCTIONS if re.search(rf"^def {name}\(|^(\w+, )?{name}(, \w+)? = ", text, re.MULTILINE)]
    own = own or [name for name in FUNCTIONS if re.search(rf"\b{name}\b", text)]
    anywhere = re.compile(rf"(\bas )?(?<![.\w])({'|'.join(own)})\b(?! as)")

    def renamed(line: str) -> str:
        if not IMPORT.match(line):
            return anywhere.sub(rf"\g<1>\g<2>{number}", line)
        names, *said = line.split("  #")
        return "  #".join([anywhere.sub(lambda hit: f"{hit[1] or f'{hit[2]} as '}{hit[2]}{number}", names), *said])

    return "\n".join(map(renamed, text.split("\n"))) if number and own else text


def of_an_object(text: str) -> bool:
    """Whether these lines make an object that is called."""
    return any(line.startswith(f"{LAYER} = ") for line in text.splitlines())
