"""What a sentence encoder makes of passages: kept, so that each is encoded once, and gone with it."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from consult.foundation.database import Base


class PassageVector(Base):
    """The numbers that an encoder gives a passage, of 16 bits each."""

    __tablename__ = "passage_vectors"

    passage_id: Mapped[int] = mapped_column(ForeignKey("passages.id"), primary_key=True)
    # Weights too: numbers of another encoder cannot be compared.
    encoder: Mapped[str] = mapped_column(String(80))
    numbers: Mapped[bytes] = mapped_column(LargeBinary)
