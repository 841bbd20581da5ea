"""A street between agents and broker that can be made bad: bytes from one socket
to another, with one fault at a time. It knows nothing of what the bytes mean.

    delay      each piece comes late
    trickle    a few bytes at a time
    cut        the connection ends after some bytes, in the middle of whatever it is
    reset      the same, with a reset instead of an end
    half-open  accepted, read, and nothing goes on; a connection that met this stays dead for ever
    stall      one direction stands still until the fault is over, the other one flows
"""
import asyncio
import random
import socket
import struct
import threading

FAULTS = ("delay", "trickle", "cut", "reset", "half-open", "stall")
PIECE_SIZE_MAX = 65536
TRICKLE_SIZE_MAX = 48
TRICKLE_SECONDS = 0.002
DELAY_SECONDS = (0.02, 0.4)
BYTES_TO_END = (1, 6000)  # how many a connection still carries before it is cut or reset
LINGER_RESET = struct.pack("ii", 1, 0)
UP, DOWN = "up", "down"  # towards the broker, towards the agents
STOP_SECONDS = 10


class Connection:
    """One agent's way to the broker."""

    def __init__(self, near, far, bytes_left):
        self.near, self.far = near, far
        self.bytes_left = bytes_left  # until a cut or a reset
        self.is_dead = False

    def close(self, reset=False):
        for writer in (self.near, self.far):
            if reset:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
                writer.transport.abort()
            else:
                writer.close()


class Proxy:
    """Listens on the loopback and carries to `port`; works in a thread of its own until close()."""

    def __init__(self, port, seed):
        self.port, self.random = port, random.Random(seed)
        self.fault, self.stalled = None, UP
        self.met = dict.fromkeys(FAULTS, 0)  # how often a fault touched a connection
        self.carried = 0
        self.connections = set()
        self.is_clear = None
        self.loop = asyncio.new_event_loop()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self.listening.getsockname()[1]}"
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    # ---- from outside ----

    def set_fault(self, fault):
        """None: the street is clear."""
        asyncio.run_coroutine_threadsafe(self.change(fault), self.loop).result(STOP_SECONDS)

    def close(self):
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(STOP_SECONDS)

    # ---- in the thread ----

    def work(self):
        asyncio.set_event_loop(self.loop)
        self.is_clear = asyncio.Event()
        self.is_clear.set()
        self.loop.run_until_complete(asyncio.start_server(self.serve, sock=self.listening))
        self.loop.run_forever()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        for connection in self.connections:
            connection.close()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.listening.close()
        self.loop.close()

    async def change(self, fault):
        self.fault, self.stalled = fault, self.random.choice((UP, DOWN))
        for connection in self.connections:
            connection.bytes_left = self.random.randint(*BYTES_TO_END)
            self.meet(connection)
        if fault == "stall":
            self.is_clear.clear()
        else:
            self.is_clear.set()

    def meet(self, connection):
        """A connection that is there, or comes, while the street is bad."""
        if self.fault == "half-open":
            connection.is_dead = True
            self.met["half-open"] += 1

    async def serve(self, reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:  # the broker is away: the agent sees its connection end
            writer.close()
            return
        connection = Connection(writer, far_writer, self.random.randint(*BYTES_TO_END))
        self.connections.add(connection)
        self.meet(connection)
        ways = [asyncio.ensure_future(self.carry(connection, *way))
                for way in ((reader, far_writer, UP), (far_reader, writer, DOWN))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            self.connections.discard(connection)
            connection.close()

    async def carry(self, connection, reader, writer, way):
        try:
            while data := await reader.read(PIECE_SIZE_MAX):
                if not await self.pass_on(connection, writer, way, data):
                    return
        except OSError:
            return

    async def pass_on(self, connection, writer, way, data):
        """False: the connection is over."""
        if connection.is_dead:
            return True
        fault = self.fault
        if fault == "stall" and way == self.stalled:
            self.met[fault] += 1
            await self.is_clear.wait()
        elif fault == "delay":
            self.met[fault] += 1
            await asyncio.sleep(self.random.uniform(*DELAY_SECONDS))
        elif fault in ("cut", "reset"):
            return await self.carry_some(connection, writer, data, fault)
        elif fault == "trickle":
            return await self.trickle(writer, data)
        await self.write(writer, data)
        return True

    async def carry_some(self, connection, writer, data, fault):
        await self.write(writer, data[:connection.bytes_left])
        connection.bytes_left -= len(data)
        if connection.bytes_left > 0:
            return True
        self.met[fault] += 1
        connection.close(reset=fault == "reset")
        return False

    async def trickle(self, writer, data):
        self.met["trickle"] += 1
        while data:
            size = self.random.randint(1, TRICKLE_SIZE_MAX) if self.fault == "trickle" else len(data)
            await self.write(writer, data[:size])
            data = data[size:]
            await asyncio.sleep(TRICKLE_SECONDS)
        return True

    async def write(self, writer, data):
        self.carried += len(data)
        writer.write(data)
        await writer.drain()
