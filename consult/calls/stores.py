"""What the tables of calls hold: the commission's own words, none of a respondent."""

from consult.foundation.stores import holds

holds(
    "inquiries",
    ours=("title", "description", "report_title", "report_address", "translations"),
    keys=("slug", "reference_prefix"),
)
holds("phases", ours=("title",), keys=("slug",))
holds("places", ours=("name", "translations"), keys=("slug", "postcodes"))
holds("respondent_types", ours=("name", "translations"), keys=("slug",))
holds(
    "calls",
    ours=("title", "purpose", "terms", "what_happens", "translations"),
    keys=("slug", "declarations", "languages"),
)
holds("sections", ours=("title", "introduction", "translations"))
holds(
    "questions",
    ours=("prompt", "hint", "minimum_meaning", "maximum_meaning", "translations"),
    keys=("slug",),
)
holds("call_editions", keys=("token",))
holds("options", ours=("wording", "translations"))
holds("matrix_rows", ours=("wording", "translations"))
