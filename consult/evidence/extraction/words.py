"""What was noticed about a document, in words for whoever sent it: what to do, or what was done."""

from collections.abc import Mapping

from consult.evidence.extraction.result import Extraction, Outcome
from consult.foundation.language import lazy

REFUSALS: Mapping[str, object] = {
    "empty": lazy("The file is empty. Check that you chose the right one and add it again."),
    "no-words": lazy("We found no words in this document. Check that it is the right one, and add it again."),
    "too-large": lazy(
        "The file is larger than 25 MB. Make it smaller, for instance by leaving out pictures."
    ),
    "too-much": lazy(
        "Reading this document took too long or too much memory. Save it as plain text, or send it in parts."
    ),
    "too-many-pages": lazy("The document has more than 2,000 pages. Send it in parts."),
    "too-many-enclosed": lazy("The message has too many attachments. Save them and add each by itself."),
    "too-deep": lazy(
        "The document is nested too deeply to be read safely. Save it as plain text and add it again."
    ),
    "inflating": lazy(
        "The document grows to an unsafe size when it is opened. Save it as a PDF and add it again."
    ),
    "declared-entities": lazy(
        "The document has declarations that no ordinary document needs and that can be used to do harm, "
        "so it was not opened. Open it in your program, save it anew as a PDF and add that."
    ),
    "encrypted": lazy("The document is protected by a password. Add a copy without a password."),
    "damaged": lazy(
        "The document is damaged or incomplete. Open it in your program, save it anew and add it again."
    ),
    "not-what-it-says": lazy(
        "The file is not what its name says it is. Open it in the program you wrote it with, save it anew "
        "and add it again."
    ),
    "not-text": lazy(
        "We cannot tell what kind of file this is. Save it as a Word document, a PDF or plain text and "
        "add it again."
    ),
    "unknown-kind": lazy(
        "We cannot read this kind of file. Save it as a Word document, a PDF or plain text and add it again."
    ),
    "archive": lazy("This is an archive of files. Take the documents out of it and add each by itself."),
    "picture": lazy(
        "This is a picture. If it shows pages of text, save them as a PDF and add that; we will "
        "type what it says."
    ),
    "recording": lazy("This is a recording. Write down what is said and add that as a document."),
    "program": lazy("This is a program, which we do not take. Add a document instead."),
    "old-office": lazy(
        "This is an old Word file (.doc). Open it, choose “Save as”, take .docx or PDF, and add that."
    ),
    "spreadsheet": lazy("This is a spreadsheet. Save the sheets that matter as a PDF and add that."),
    "slides": lazy("This is a set of slides. Save it as a PDF and add that."),
    "outlook-message": lazy(
        "This is an Outlook message (.msg). Choose “Save as” and .eml or text, or copy its words."
    ),
    "xml": lazy(
        "This is an XML file, which we do not read. Save it as a Word document, a PDF or plain text and "
        "add it again."
    ),
    "pages": lazy("This is a Pages document. Choose “Export to”, take Word or PDF, and add that."),
}
FLAGS: Mapping[str, object] = {
    "scanned": lazy(
        "The pages are pictures without text, such as a scan. We take it as it is, and somebody will "
        "type what it says."
    ),
    "unread": lazy(
        "Reading it takes longer than we could wait. We take it as it is; if no machine can read it, "
        "somebody will type what it says."
    ),
    "partly-scanned": lazy(
        "Some pages are pictures without text. Check the preview, and add the missing words if they matter."
    ),
    "unreadable-letters": lazy(
        "The letters in this file cannot be read by a machine, though they look right on the page."
    ),
    "tracked-changes": lazy(
        "It has tracked changes: what was deleted is left out, what was inserted is kept."
    ),
    "comments": lazy("It has comments in the margin. They are not read as evidence."),
    "hidden-text": lazy("It has hidden text, which is left out because no reader of the page would see it."),
    "macros": lazy("It has macros or scripts. Nothing of them is run."),
    "embedded-object": lazy(
        "It has other files inside it, which are not read. Add them by themselves if they matter."
    ),
    "dde-field": lazy("It has a field that would start a program when opened in Word. Nothing was started."),
    "external-template": lazy("It refers to a template somewhere else. Nothing was fetched."),
    "external-content": lazy(
        "It refers to pictures or text somewhere else. Nothing was fetched, so they are missing here."
    ),
    "encrypted-owner": lazy(
        "It is marked as not to be copied. It opens without a password, so its text was read."
    ),
    "truncated": lazy(
        "It is longer than two million characters; the rest is not read. Send the rest as another document."
    ),
    "wrong-encoding": lazy(
        "It says it is written in an encoding that it is not. Check the letters in the preview."
    ),
    "guessed-encoding": lazy(
        "Its encoding is not given, so it was guessed. Check the letters in the preview."
    ),
    "right-to-left": lazy("It is written from right to left. Check the order of the words in the preview."),
    "control-characters": lazy("Characters that cannot be shown were left out."),
    "damaged": lazy("It is damaged, and was mended as far as possible. Check the preview for missing words."),
    "wrong-extension": lazy("Its name ends as another kind of file would. It was read as what it is."),
    "quoted-reply": lazy("It has an earlier message below the new one. Both are kept."),
    "enclosed-refused": lazy("One of its attachments could not be read. Add that one by itself."),
}


def message_of(found: Extraction) -> str:
    """Return plain sentences that say what to do, or nothing where the text is whole."""
    return message_for(found.outcome, found.flags)


def message_for(outcome: Outcome, flags: tuple[str, ...] | list[str]) -> str:
    """Return the sentences for what was noticed, in the language of the page."""
    if outcome is Outcome.REFUSED:
        return str(REFUSALS.get(next(iter(flags), ""), REFUSALS["unknown-kind"]))
    return " ".join(flag_words(flags))


def flag_words(flags: tuple[str, ...] | list[str]) -> list[str]:
    """Return a sentence for each thing noticed."""
    return [str(FLAGS[flag]) for flag in flags if flag in FLAGS]
