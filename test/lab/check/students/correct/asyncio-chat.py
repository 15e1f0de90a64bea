import asyncio
import sys


async def main(host, port):
    loop = asyncio.get_running_loop()
    try:
        reader, writer = await asyncio.open_connection(host, port, limit=2**20)
        while True:
            line = await reader.readline()
            if not line:
                print("The other side has left.")
                break
            print("Other:", line.decode("utf-8", "replace").rstrip("\n"))
            text = await loop.run_in_executor(None, input, "You: ")
            writer.write(text.encode("utf-8") + b"\n")
            await writer.drain()
        writer.close()
    except (EOFError, ConnectionError):
        print("The chat is over.")


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
