"""The small model answers as an OpenAI-compatible server does, and says its name."""

from pathlib import Path

import openai

from local_stack import LocalStack, Server, StackSettings, free_port_offset
from local_stack.environment import LOCAL_MODEL_KEY
from local_stack.settings import LOCAL_MODEL


async def test_it_streams_text_under_its_own_name(tmp_path: Path) -> None:
    settings = StackSettings(data_dir=tmp_path, port_offset=free_port_offset())
    async with (
        LocalStack(settings, servers=[Server.MODEL], services=()) as stack,
        openai.AsyncOpenAI(base_url=stack.model_url, api_key=LOCAL_MODEL_KEY) as client,
    ):
        chunks = await client.chat.completions.create(
            model=LOCAL_MODEL,
            messages=[{"role": "user", "content": "Say hello."}],
            max_tokens=8,
            stream=True,
        )
        received = [chunk async for chunk in chunks]
    assert {chunk.model for chunk in received} == {LOCAL_MODEL}
    assert "".join(choice.delta.content or "" for chunk in received for choice in chunk.choices)
