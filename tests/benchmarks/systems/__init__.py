"""The systems that do the job, ours and the peers, by name."""

from tests.benchmarks.systems.base import System
from tests.benchmarks.systems.etcd import Etcd
from tests.benchmarks.systems.heard_hub import HeardHub
from tests.benchmarks.systems.mosquitto import Mosquitto
from tests.benchmarks.systems.nats import Nats
from tests.benchmarks.systems.postgres import Postgres
from tests.benchmarks.systems.redis import Redis

SYSTEMS: dict[str, System] = {
    system.name: system for system in (HeardHub(), Redis(), Etcd(), Postgres(), Nats(), Mosquitto())
}
