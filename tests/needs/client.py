"""A client of `sessionlint mcp` made of the Python SDK of the Model Context Protocol (`pip install mcp`, 2.3 or later).

    python3 tests/needs/client.py PROGRAM PROJECT

It opens with and without `initialize`, names its roots, calls tools, and ends. The SDK checks every answer against the
schema that the tool declares.
"""

import asyncio
import sys
from pathlib import Path

from mcp import Client, StdioServerParameters, types


async def main(program, project):
    server = StdioServerParameters(command=program, args=["mcp"], cwd="/")

    async def roots(_):
        return types.ListRootsResult(roots=[types.Root(uri=Path(project).as_uri())])

    for mode in ("legacy", "auto"):
        async with Client(server, mode=mode, list_roots_callback=roots) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            assert tools == ["check", "sessions", "diagnose", "explain", "query", "diff", "history", "calendar"], tools
            for name, arguments in (
                ("check", {}),
                ("sessions", {}),
                ("diagnose", {"symptom": "INVALID_SESSION_ID after two hours"}),
                ("explain", {"rule": "session/org-timeout-short"}),
                ("query", {"soql": "SELECT Name FROM OAuthApp"}),
                ("diff", {"old": project}),
                ("calendar", {}),
            ):
                result = await client.call_tool(name, arguments)
                assert not result.is_error, (name, result.content)
                assert result.structured_content["page"]["total"] > 0 or name == "diff", name
            refused = await client.call_tool("check", {"path": str(Path(project).parent)})
            assert refused.is_error and "outside the roots" in refused.content[0].text, refused.content
            print(mode, client.protocol_version)


asyncio.run(main(sys.argv[1], sys.argv[2]))
