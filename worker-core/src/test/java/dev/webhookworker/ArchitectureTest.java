package dev.webhookworker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.webhookworker.dispatch.Engine;
import dev.webhookworker.port.EventStream;

/** The borders between the packages. */
@AnalyzeClasses(
    packages = "dev.webhookworker",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule theCoreKnowsNoServersClient =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "redis.clients..", "java.sql..", "javax.sql..", "org.jdbi..", "io.micrometer..");

  @ArchTest
  static final ArchRule theCoreNeedsOnlyWhatTheDesignAllows =
      classes()
          .that()
          .haveSimpleNameNotEndingWith("JsonataExpression")
          .and()
          .haveSimpleNameNotEndingWith("JsonataBudget")
          .and()
          .haveSimpleNameNotEndingWith("JsonSchema")
          .and()
          .haveSimpleNameNotEndingWith("YamlText")
          .and()
          .resideOutsideOfPackage("dev.webhookworker.forward.http")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.webhookworker..",
              "java..",
              "javax.crypto..",
              "javax.xml.stream..",
              "javax.net.ssl..",
              "com.sun.net.httpserver..",
              "com.fasterxml.jackson..",
              "dev.failsafe..",
              "org.slf4j..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule thePipelineDoesNotKnowWhoRunsIt =
      noClasses()
          .that()
          .resideInAPackage("..pipeline..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..dispatch..");

  @ArchTest
  static final ArchRule thePortsKnowOnlyThemselvesAndTheValuesOfTheApi =
      classes()
          .that()
          .resideInAPackage("..port..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("..port..", "dev.webhookworker", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule nothingButTheSettlerSettles =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.webhookworker.memory")
          .and()
          .doNotHaveSimpleName("SettlementBatch")
          .and()
          // What it can't give back, because the queue has lost it, waits as a retry.
          .doNotHaveSimpleName("Releases")
          .should()
          .callMethod(EventStream.class, "settle", java.util.List.class);

  @ArchTest
  static final ArchRule onlyTheBuilderMakesAnEngine =
      noClasses()
          .that()
          .doNotHaveSimpleName("WorkerBuilder")
          .should()
          .callConstructor(
              Engine.class,
              WorkerConfig.class,
              EventStream.class,
              dev.webhookworker.port.EventStore.class,
              dev.webhookworker.pipeline.EventPipeline.class,
              dev.webhookworker.spi.WorkerListener.class,
              java.time.Clock.class,
              java.util.random.RandomGenerator.class);

  @ArchTest
  static final ArchRule thereAreNoDrawers =
      noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?)");
}
