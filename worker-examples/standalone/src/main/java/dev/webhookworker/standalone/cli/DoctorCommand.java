package dev.webhookworker.standalone.cli;

import dev.webhookworker.WorkerConfig;
import dev.webhookworker.spi.Finding;
import dev.webhookworker.spi.WorkerModule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import picocli.CommandLine.Command;

/** Looks at everything that the worker needs and says what to do. Changes nothing. */
@Command(
    name = "doctor",
    description = "Checks connections, versions, rights, stream, group, schema and keys.")
final class DoctorCommand extends WorkerCommand {

  @Override
  int run(WorkerConfig config, Output output) {
    List<Finding> findings = new ArrayList<>();
    config
        .warnings()
        .forEach(warning -> findings.add(Finding.warning("configuration", warning, "")));
    if (!config.encryption().fields().isEmpty() && config.encryption().keys().isEmpty()) {
      findings.add(
          Finding.problem(
              "encryption.keys",
              "encryption key missing: WORKER_ENCRYPT_FIELDS names fields and there is no key; the"
                  + " worker does not start",
              "set WORKER_ENCRYPTION_KEYS to id:base64 with a key of 32 bytes (openssl rand -base64"
                  + " 32)"));
    }
    List<WorkerModule> modules = new ArrayList<>();
    ServiceLoader.load(WorkerModule.class).forEach(modules::add);
    modules.sort(Comparator.comparing(WorkerModule::name).reversed());
    modules.forEach(module -> findings.addAll(module.diagnose(config)));
    findings.addAll(DisabledTools.findings(config, findings));
    output.table(
        List.of("status", "check", "finding", "advice"),
        findings.stream()
            .map(
                found ->
                    List.of(
                        found.status().name().toLowerCase(Locale.ROOT),
                        found.check(),
                        found.message(),
                        found.advice()))
            .toList());
    return findings.stream().anyMatch(found -> found.status() == Finding.Status.PROBLEM)
        ? ExitCode.FOUND
        : ExitCode.OK;
  }
}
