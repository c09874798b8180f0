package dev.webhookworker.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Explains each prepared statement with its own parameters before it runs, so that a test sees the
 * plans of exactly the queries that are used.
 */
final class ExplainingDataSource {

  private final List<String> plans = new ArrayList<>();
  private final String jdbcUrl;

  ExplainingDataSource(String jdbcUrl) {
    this.jdbcUrl = jdbcUrl;
  }

  /** The plans since the last call. */
  List<String> plans() {
    List<String> all = List.copyOf(plans);
    plans.clear();
    return all;
  }

  DataSource dataSource() {
    return proxy(
        DataSource.class,
        (method, arguments) ->
            method.getName().equals("getConnection")
                ? explaining(DriverManager.getConnection(jdbcUrl))
                : null);
  }

  private Connection explaining(Connection real) {
    return proxy(
        Connection.class,
        (method, arguments) ->
            method.getName().equals("prepareStatement") && arguments[0] instanceof String sql
                ? explaining(real.prepareStatement(sql), real.prepareStatement("EXPLAIN " + sql))
                : invoke(real, method, arguments));
  }

  private PreparedStatement explaining(PreparedStatement real, PreparedStatement explain) {
    return proxy(
        PreparedStatement.class,
        (method, arguments) -> {
          if (method.getName().matches("set(Object|String|Int|Long|Boolean|Array)")) {
            invoke(explain, method, arguments);
          } else if (method.getName().matches("execute(Query|Update)")) {
            plans.add(plan(explain));
          }
          return invoke(real, method, arguments);
        });
  }

  private static String plan(PreparedStatement explain) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (ResultSet row = explain.executeQuery()) {
      while (row.next()) {
        lines.add(row.getString(1));
      }
    }
    return lines.stream().collect(Collectors.joining("\n"));
  }

  private interface Handler {
    Object handle(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> handler.handle(method, arguments)));
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException failed) {
      throw failed.getCause();
    }
  }
}
