"""``amends listen`` on real posts of the real network."""

import asyncio
import io
import json
import os
import signal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from amends.cli.listening import Listening, Options
from tests.support.atproto.contract import BlueskyContractWorld
from tests.support.atproto.jetstream import jetstream
from tests.support.atproto.network import AtNetwork

pytestmark = pytest.mark.atproto


@pytest.mark.parametrize("kind", ["jetstream-v1", "jetstream-v2"])
async def test_shell_hears_the_stream_and_goes_on_where_it_stood(
    at_network: AtNetwork,
    world: BlueskyContractWorld,
    kind: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R07."""
    (tmp_path / "watches").write_text("ours: parcel -nonsense\n")
    out, posted = io.BytesIO(), list[str]()

    def heard() -> list[str]:
        ids = [json.loads(line)["post"]["id"] for line in out.getvalue().splitlines()]
        return [one for one in ids if one in posted]  # the network holds posts of other tests

    async def hear(source: str) -> None:
        run = Listening.begin(
            Options(sources=(source,), watches=tmp_path / "watches", cursor=tmp_path / "cursor")
        )
        run.out = out
        task = asyncio.create_task(run.run())
        async with asyncio.timeout(20):
            while heard() != posted:  # noqa: ASYNC110 (it rings no bell)
                await asyncio.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)
        await task

    async with jetstream(at_network.firehose) as bridge:
        monkeypatch.setenv("AMENDS_ALLOW_HOSTS", urlsplit(bridge).netloc)
        source = f"{kind}:{bridge}"
        (tmp_path / "cursor").write_text(json.dumps({"sources": {source: f"{kind}:2:2"}}))
        posted.append(world.customer.post("my parcel never came"))
        await hear(source)
        world.customer.post("parcel nonsense")
        posted.append(world.customer.post("the parcel came, in pieces"))
        await hear(source)
    assert heard() == posted
