"""Django's PostgreSQL, with a pool that notices when the server has hung up."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes no dead connection from the pool; asking each of them would cost every request."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that the server still holds."""
        connection = super().get_new_connection(conn_params)
        while self.pool and not answers(connection):
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def answers(connection: Connection[Any]) -> bool:
    """False when the server has closed it: an idle connection hears nothing, or goodbye."""
    listening = select.poll()
    listening.register(connection.fileno(), select.POLLIN)
    if not listening.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True
