"""What the tables of evidence hold, and how an erasure reaches what no foreign key leads to."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consult.evidence import search
from consult.evidence.models import Passage, Submission
from consult.evidence.models_batches import BatchDocument, BatchFile, FileBatch
from consult.evidence.models_campaigns import Campaign, CampaignMember
from consult.evidence.models_documents import Attachment
from consult.evidence.models_imports import ImportProblem, SpreadsheetImport
from consult.evidence.models_vectors import PassageVector
from consult.foundation.database import rows_changed
from consult.foundation.erasing import any_of
from consult.foundation.stores import Scope, holds, let_go, reaches

holds("respondents", personal=("name", "organisation", "email"))
holds(
    "submissions",
    words=("title",),
    personal=("external_key",),
    keys=("reference", "language", "words_sha256", "send_key", "receipt_hash"),
)
holds("answers", personal=("district",))
holds("source_texts", words=("body",), keys=("language", "sha256"))
holds("passages", words=("quote",), keys=("language",))
# Words cannot be read off the numbers, but what they are about can be guessed.
holds("passage_vectors", words=("numbers",), keys=("encoder",))
holds("recuts", keys=("before", "after"))
holds("confidential_passages", words=("harm",))
holds("declarations", words=("on_behalf_of", "role", "interests", "funding"))
holds("submission_versions", words=("declared",), keys=("language", "send_key", "receipt_hash", "sha256"))
holds("withdrawal_requests", words=("why",), ours=("answer",))
holds("attachments", words=("name", "message"), keys=("sha256", "kind", "flags"))
holds("file_batches", keys=("drop_key",))
holds(
    "batch_files",
    words=("title", "choice_known", "why_late", "note"),
    personal=("name", "organisation", "email"),
    keys=("language", "words_sha256"),
)
holds("batch_documents", words=("name", "body"), keys=("sha256", "kind", "flags"))
holds("paragraph_proposals", words=("reason",), keys=("model",))
# What a clerk writes of a submission is about a person, whoever's words it is in.
holds("state_moves", words=("why",))
holds("state_batches", ours=("why",))
holds("marks", words=("note",))
holds("provenances", words=("choice_known", "note"))
holds("event_sessions", ours=("name", "venue"))
holds("campaigns", ours=("name", "note"))
holds("campaign_runs", keys=("finder", "finder_version", "settings"))
holds("campaign_proposals", keys=("own",))
holds("column_mappings", ours=("mapping",), keys=("signature",))
holds("spreadsheet_imports", ours=("name", "why_late", "mapping", "found"), keys=("sha256", "kept_sha256"))
# It quotes a cell.
holds("import_problems", words=("message",), keys=("column",))

let_go("state_moves", "like_id")


@reaches("Search index")
def leave_the_index(session: Session, scope: Scope) -> int:
    """Take erased texts out of the search index."""
    return search.remove_from_index(session, scope.texts)


@reaches("Files dropped and not stored")
def erase_dropped_files(session: Session, scope: Scope) -> int:
    """Erase files that wait to be stored and are from an address, or are a file, that is erased."""
    erased = select(Attachment.sha256).where(any_of(Attachment.submission_id, scope.submissions))
    same = select(BatchDocument.file_id).where(BatchDocument.sha256.in_(erased))
    # What another inquiry was given is not for this one's clerk to erase.
    mine = select(FileBatch.id).where(FileBatch.inquiry_id == scope.inquiry_id)
    meant = (BatchFile.id.in_(same) | scope.has_address(BatchFile.email)) & BatchFile.batch_id.in_(mine)
    ids = session.scalars(select(BatchFile.id).where(meant, BatchFile.submission_id.is_(None))).all()
    session.execute(delete(BatchDocument).where(any_of(BatchDocument.file_id, ids)))
    session.execute(delete(BatchFile).where(any_of(BatchFile.id, ids)))
    return len(ids)


@reaches("Problems listed of spreadsheets")
def forget_problems(session: Session, scope: Scope) -> int:
    """Forget every list of the inquiry: it quotes rows that no submission names."""
    mine = select(SpreadsheetImport.id).where(SpreadsheetImport.inquiry_id == scope.inquiry_id)
    return rows_changed(session, delete(ImportProblem).where(ImportProblem.import_id.in_(mine)))


@reaches("Numbers of an encoder")
def forget_vectors(session: Session, scope: Scope) -> int:
    """Forget what an encoder made of passages with words blotted out; others go with their passage."""
    texts = any_of(Passage.source_text_id, sorted({span.text_id for span in scope.spans}))
    # The same words are blotted out wherever they stand in a submission.
    touched = texts | any_of(Passage.submission_id, scope.part_of)
    mine = PassageVector.passage_id.in_(select(Passage.id).where(touched))
    return rows_changed(session, delete(PassageVector).where(mine)) if scope.spans else 0


@reaches("Campaigns that showed it as their template")
def show_another_template(session: Session, scope: Scope) -> int:
    """Let a campaign show another of its letters, or end with its last."""
    if not scope.submissions:
        return 0
    gone = any_of(Submission.id, scope.submissions)
    campaigns = session.scalars(
        select(Campaign).join(Submission, Submission.id == Campaign.template_id).where(gone)
    ).all()
    for campaign in campaigns:
        campaign.template_id = _another_letter(session, campaign, scope) or campaign.template_id
    session.flush()  # those that found no other letter go with their template
    return len(campaigns)


def _another_letter(session: Session, campaign: Campaign, scope: Scope) -> int | None:
    letters = select(CampaignMember.submission_id).where(
        CampaignMember.campaign_id == campaign.id, CampaignMember.by_itself.is_(False)
    )
    every = session.scalars(letters.order_by(CampaignMember.submission_id))
    return next((each for each in every if each not in scope.submissions), None)


@reaches("Search index, made anew", rows_gone=True)
def come_back_to_the_index(session: Session, scope: Scope) -> int:
    """Put texts back into the index of which words were blotted out."""
    search.add_to_index(session, sorted({span.text_id for span in scope.spans}))
    return 0
