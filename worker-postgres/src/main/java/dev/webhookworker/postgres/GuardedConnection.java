package dev.webhookworker.postgres;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection as a handler gets it: everything but ending the worker's transaction. A handler that
 * commits by itself would keep its writes although its run failed; one that rolls back would lose
 * the inbox row and go on. Savepoints are its own.
 */
final class GuardedConnection implements InvocationHandler {

  private static final Set<String> ENDING = Set.of("commit", "close", "abort");

  private final Connection connection;

  private GuardedConnection(Connection connection) {
    this.connection = connection;
  }

  static Connection of(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            GuardedConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new GuardedConnection(connection));
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    int count = arguments == null ? 0 : arguments.length;
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(proxy, method.getName(), arguments);
    }
    if (ENDING.contains(method.getName())
        || (method.getName().equals("rollback") && count == 0)
        || (method.getName().equals("setAutoCommit")
            && arguments != null
            && Boolean.TRUE.equals(arguments[0]))) {
      throw new SQLException(
          "the worker ends this transaction, together with the event's row: let the handler return,"
              + " or throw; for a part that may fail use a savepoint");
    }
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException failed) {
      throw failed.getCause() == null ? failed : failed.getCause();
    }
  }

  private Object ofObject(Object proxy, String method, @Nullable Object @Nullable [] arguments) {
    return switch (method) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "guarded " + connection;
    };
  }
}
