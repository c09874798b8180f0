package dev.webhookworker.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.webhookworker.EventPublisher;
import dev.webhookworker.OutgoingEvent;
import dev.webhookworker.RedisSettings;
import dev.webhookworker.embedded.EmbeddedPostgresServer;
import dev.webhookworker.embedded.EmbeddedRedis;
import dev.webhookworker.redis.RedisEventPublisher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeSnippetIT {

  private static final Duration LIMIT = Duration.ofMinutes(4);

  @TempDir Path project;

  @Test
  void theProcessorOfReadmeRunsInAMavenProjectOfItsOwn() throws Exception {
    Path repository = Path.of(System.getProperty("readme.installed"));
    new SharedRepository(repository, Path.of(System.getProperty("readme.downloaded"))).link();
    writeProject();
    Path output = project.resolve("output.log");
    try (EmbeddedRedis redis = EmbeddedRedis.start();
        EmbeddedPostgresServer postgres = EmbeddedPostgresServer.start();
        EventPublisher publisher =
            RedisEventPublisher.to(RedisSettings.parse(redis.address()), "webhook_events")) {
      publisher.publish(OutgoingEvent.of("p-1", "push", "{\"ref\":\"refs/heads/main\"}"));
      publisher.publish(
          OutgoingEvent.of("i-1", "invoice.paid", "{\"data\":{\"object\":{\"id\":\"in_77\"}}}"));
      Process user = run(repository, output, redis, postgres);
      try {
        await()
            .atMost(LIMIT)
            .failFast("the project ended by itself", () -> !user.isAlive())
            .untilAsserted(
                () -> {
                  assertThat(read(output))
                      .contains("push to refs/heads/main", "invoice in_77, attempt 1");
                  assertThat(storedEvents(postgres)).containsExactly("i-1", "p-1");
                });
        user.destroy();
        assertThat(user.waitFor(60, TimeUnit.SECONDS)).as("ends when it is told").isTrue();
      } finally {
        user.destroyForcibly();
      }
    }
  }

  private void writeProject() throws IOException {
    Readme readme = Readme.read();
    Map<String, String> files = readme.files("Embed");
    assertThat(files).hasSize(3);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path place = project.resolve(file.getKey());
      Files.createDirectories(place.getParent());
      Files.writeString(place, file.getValue());
    }
    Readme.Block dependencies = readme.blocks("Embed").get(0);
    assertThat(dependencies.language()).isEqualTo("xml");
    Files.writeString(
        project.resolve("pom.xml"),
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>com.example</groupId>
          <artifactId>my-worker</artifactId>
          <version>1</version>
          <properties>
            <maven.compiler.release>17</maven.compiler.release>
            <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          </properties>
          <dependencies>
        %s
          </dependencies>
          <build>
            <plugins>
              <plugin>
                <artifactId>maven-resources-plugin</artifactId>
                <version>3.5.0</version>
              </plugin>
              <plugin>
                <artifactId>maven-compiler-plugin</artifactId>
                <version>3.16.0</version>
              </plugin>
              <plugin>
                <groupId>org.codehaus.mojo</groupId>
                <artifactId>exec-maven-plugin</artifactId>
                <version>3.6.4</version>
              </plugin>
            </plugins>
          </build>
        </project>
        """
            .formatted(dependencies.code()));
  }

  private Process run(
      Path repository, Path output, EmbeddedRedis redis, EmbeddedPostgresServer postgres)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("readme.maven"), "bin", "mvn").toString());
    command.addAll(List.of("-q", "-B", "-Dmaven.repo.local=" + repository));
    if (System.getProperty("readme.mode").equals("offline=true")) {
      command.add("-o");
    }
    command.addAll(List.of("compile", "exec:java", "-Dexec.mainClass=com.example.Main"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("REDIS_ADDR", redis.address());
    environment.put("DATABASE_HOST", postgres.host());
    environment.put("DATABASE_PORT", Integer.toString(postgres.port()));
    environment.put("DATABASE_NAME", postgres.database());
    environment.put("DATABASE_USER", postgres.user());
    environment.put("HEALTH_ENDPOINT", "127.0.0.1:0");
    return builder.start();
  }

  private static List<String> storedEvents(EmbeddedPostgresServer postgres) throws Exception {
    List<String> ids = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT event_id FROM worker.webhook_events ORDER BY 1")) {
      while (row.next()) {
        ids.add(row.getString(1));
      }
    }
    return ids;
  }

  private static String read(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException notYet) {
      return "";
    }
  }
}
