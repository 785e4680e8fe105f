"""Everything that gradproof raises; each message shows the value, what was expected and what to do next."""


class GradproofError(Exception):
    """Base of every error that the harness raises."""


class CaseError(GradproofError, ValueError):
    """A case cannot be built, drawn or read back from its text."""


class CorpusError(GradproofError, ValueError):
    """A file of a corpus cannot be read: it is named, skipped and left as it is, and the run is not a pass."""


class UsageError(GradproofError, ValueError):
    """The harness was asked for something that it cannot do: an unknown family, law, target or option."""


class SeveralFormatsError(UsageError):
    """Examples of more than one format of floating point, which no case has."""


class LimitError(UsageError):
    """A limit of cases that is not understood; ``told`` says which, whoever said it, and what is expected."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told

    def __str__(self) -> str:
        return f"supports has {self.told}"


class UnreachableError(UsageError):
    """A device was asked for that this machine does not have, or that its framework does not reach."""


class SubjectError(GradproofError):
    """The subject raised, or returned something that is not a set of gradients.

    It is a finding about the subject: an examination reports it as a wrong verdict and goes on.
    """


class SourceError(SubjectError):
    """A second source raised, such as the family's own reference: it shows nothing of the subject."""


class RefusedError(SubjectError):
    """The subject's forward turned a case down with an error that says so; counted and shown, not called wrong."""


class HiddenStepsError(NotImplementedError):
    """How far a backward moved a parameter cannot be read from where that stood: it was NaN, or far larger."""


class FickleError(SubjectError):
    """The subject's forward raised an error that turns a case down, and took the same arrays when asked again."""


class SubjectShapeError(SubjectError):
    """An output or a gradient of the subject has another shape than it must have."""


class OutputShapeError(SubjectShapeError):
    """The output has another shape than it must have, so that no gradient can be asked for."""


class ComplexError(SubjectError):
    """The subject's forward gave complex numbers, of ``dtype``, for real arguments: dy of them is a convention."""

    def __init__(self, name: str, dtype: object) -> None:
        super().__init__(f"{name}: forward gave y of {dtype} for real arguments; expected real numbers")
        self.dtype = dtype


class UnscriptedError(GradproofError):
    """No few lines build a layer again and call it as it was called; the message says why, after ``script none:``."""


class LostDeviceError(GradproofError):
    """A subject has broken its device, or used up its process: what is asked of it later fails too, and is no sign."""


class ZeroComparisonsError(GradproofError):
    """A run ended without comparing a single number, so it may not be called a pass."""


class GradientError(GradproofError, AssertionError):
    """The subject's backward pass is wrong, or has not been shown right; the message is the whole story."""
