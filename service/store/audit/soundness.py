"""Whether the audit is whole, and whether the published policies and the keys are those it tells of."""

from sqlalchemy.ext.asyncio import AsyncConnection


async def verify(connection: AsyncConnection) -> list[str]:
    """One sentence for each thing that is not as it was written down; none if all is sound."""
    raise NotImplementedError(connection)
