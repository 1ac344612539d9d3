/** Some tables of Grafana 11, as its migrator makes them in SQLite and in PostgreSQL, with the rows of a first start. */
import type { Example } from "./example.ts";

export const grafana: Example = {
  heading: "Grafana",
  source: `
    CREATE TABLE \`migration_log\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`migration_id\` TEXT NOT NULL, \`success\` INTEGER NOT NULL, \`timestamp\` DATETIME NOT NULL);
    CREATE TABLE \`secret_migration_log\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`migration_id\` TEXT NOT NULL);
    CREATE TABLE \`server_lock\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`operation_uid\` TEXT NOT NULL, \`version\` INTEGER NOT NULL);
    CREATE TABLE \`org\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`version\` INTEGER NOT NULL, \`name\` TEXT NOT NULL, \`created\` DATETIME NOT NULL);
    CREATE UNIQUE INDEX \`UQE_org_name\` ON \`org\` (\`name\`);
    CREATE TABLE \`user\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`login\` TEXT NOT NULL, \`email\` TEXT NOT NULL, \`password\` TEXT NULL, \`org_id\` INTEGER NOT NULL, \`is_admin\` INTEGER NOT NULL, \`created\` DATETIME NOT NULL, \`last_seen_at\` DATETIME NULL, \`is_disabled\` INTEGER NOT NULL DEFAULT 0, is_service_account BOOLEAN DEFAULT 0);
    CREATE UNIQUE INDEX \`UQE_user_login\` ON \`user\` (\`login\`);
    CREATE TABLE \`org_user\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`org_id\` INTEGER NOT NULL, \`user_id\` INTEGER NOT NULL, \`role\` TEXT NOT NULL);
    CREATE TABLE \`kv_store\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`org_id\` INTEGER NOT NULL, \`namespace\` TEXT NOT NULL, \`key\` TEXT NOT NULL, \`value\` TEXT NOT NULL);
    CREATE TABLE \`dashboard\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`title\` TEXT NOT NULL, \`data\` TEXT NOT NULL, \`org_id\` INTEGER NOT NULL, \`created\` DATETIME NOT NULL, \`has_acl\` INTEGER NOT NULL DEFAULT 0, \`is_folder\` INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE \`data_keys\` (\`name\` TEXT PRIMARY KEY NOT NULL, \`active\` INTEGER NOT NULL, \`encrypted_data\` BLOB NOT NULL);
    CREATE TABLE \`alert_rule\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`title\` TEXT NOT NULL, \`updated\` DATETIME NOT NULL, \`is_paused\` INTEGER NOT NULL DEFAULT 0);
    INSERT INTO migration_log VALUES (1, 'create migration_log table', 1, '2023-01-01 09:00:00');
    INSERT INTO secret_migration_log VALUES (1, 'x'); INSERT INTO server_lock VALUES (1, 'cleanup', 77);
    INSERT INTO org VALUES (1, 0, 'Main Org.', '2023-01-01 09:00:01'), (2, 3, 'Night shift', '2023-02-01 09:00:00');
    INSERT INTO user VALUES (1, 'admin', 'admin@localhost', 'my own', 1, 1, '2023-01-01 09:00:01', '2024-05-05 05:05:05', 0, 0), (2, 'ada', 'ada@example.org', 'hers', 2, 0, '2023-03-01 09:00:00', NULL, 1, 0);
    INSERT INTO org_user VALUES (1, 1, 1, 'Admin'), (2, 2, 2, 'Viewer');
    INSERT INTO kv_store VALUES (1, 0, 'infra', 'last_id', '9');
    INSERT INTO dashboard VALUES (1, 'Load', '{"panels":[],"uid":"a"}', 1, '2023-04-01 09:00:00', 0, 0);
    INSERT INTO data_keys VALUES ('2023-01-01/root', 1, x'00ff80');
    INSERT INTO alert_rule VALUES (1, 'Too hot', '2024-05-01 10:00:00.123456789+00:00', 0), (2, 'Too cold', '2024-05-01 12:00:00', 1);`,
  live: `
    CREATE TABLE "migration_log" ("id" SERIAL PRIMARY KEY NOT NULL, "migration_id" VARCHAR(255) NOT NULL, "success" BOOL NOT NULL, "timestamp" TIMESTAMP NOT NULL);
    CREATE TABLE "secret_migration_log" ("id" SERIAL PRIMARY KEY NOT NULL, "migration_id" VARCHAR(255) NOT NULL);
    CREATE TABLE "server_lock" ("id" SERIAL PRIMARY KEY NOT NULL, "operation_uid" VARCHAR(100) NOT NULL, "version" BIGINT NOT NULL);
    CREATE TABLE "org" ("id" SERIAL PRIMARY KEY NOT NULL, "version" INTEGER NOT NULL, "name" VARCHAR(190) NOT NULL, "created" TIMESTAMP NOT NULL);
    CREATE UNIQUE INDEX "UQE_org_name" ON "org" ("name");
    CREATE TABLE "user" ("id" SERIAL PRIMARY KEY NOT NULL, "login" VARCHAR(190) NOT NULL, "email" VARCHAR(190) NOT NULL, "password" VARCHAR(255) NULL, "org_id" BIGINT NOT NULL, "is_admin" BOOL NOT NULL, "created" TIMESTAMP NOT NULL, "last_seen_at" TIMESTAMP NULL, "is_disabled" BOOL NOT NULL DEFAULT false, is_service_account BOOLEAN DEFAULT FALSE);
    CREATE UNIQUE INDEX "UQE_user_login" ON "user" ("login");
    CREATE TABLE "org_user" ("id" SERIAL PRIMARY KEY NOT NULL, "org_id" BIGINT NOT NULL, "user_id" BIGINT NOT NULL, "role" VARCHAR(20) NOT NULL);
    CREATE TABLE "kv_store" ("id" SERIAL PRIMARY KEY NOT NULL, "org_id" BIGINT NOT NULL, "namespace" VARCHAR(190) NOT NULL, "key" VARCHAR(190) NOT NULL, "value" TEXT NOT NULL);
    CREATE TABLE "dashboard" ("id" SERIAL PRIMARY KEY NOT NULL, "title" VARCHAR(189) NOT NULL, "data" TEXT NOT NULL, "org_id" BIGINT NOT NULL, "created" TIMESTAMP NOT NULL, "has_acl" BOOL NOT NULL DEFAULT false, "is_folder" BOOL NOT NULL DEFAULT false);
    CREATE TABLE "data_keys" ("name" VARCHAR(100) PRIMARY KEY NOT NULL, "active" BOOL NOT NULL, "encrypted_data" BYTEA NOT NULL);
    CREATE TABLE "alert_rule" ("id" SERIAL PRIMARY KEY NOT NULL, "title" VARCHAR(190) NOT NULL, "updated" TIMESTAMP NOT NULL, "is_paused" BOOL NOT NULL DEFAULT false);
    INSERT INTO migration_log (migration_id, success, timestamp) VALUES ('create migration_log table', true, '2024-06-01 09:00:00');
    INSERT INTO secret_migration_log (migration_id) VALUES ('y'); INSERT INTO server_lock (operation_uid, version) VALUES ('cleanup', 1);
    INSERT INTO org (version, name, created) VALUES (0, 'Main Org.', '2024-06-01 09:00:01');
    INSERT INTO "user" (login, email, password, org_id, is_admin, created) VALUES ('admin', 'admin@localhost', 'admin', 1, true, '2024-06-01 09:00:01');
    INSERT INTO org_user (org_id, user_id, role) VALUES (1, 1, 'Admin');
    INSERT INTO kv_store (org_id, namespace, key, value) VALUES (0, 'infra', 'last_id', '1'), (0, 'new', 'start', 'now');`,
  rows: {
    migration_log: ["1|create migration_log table|t|2024-06-01 09:00:00"],
    secret_migration_log: ["1|y"],
    server_lock: ["1|cleanup|1"],
    org: ["1|0|Main Org.|2024-06-01 09:00:01", "2|3|Night shift|2023-02-01 09:00:00"],
    '"user"': [
      "1|admin|admin@localhost|my own|1|t|2023-01-01 09:00:01|2024-05-05 05:05:05|f|f",
      "2|ada|ada@example.org|hers|2|f|2023-03-01 09:00:00|∅|t|f",
    ],
    org_user: ["1|1|1|Admin", "2|2|2|Viewer"],
    kv_store: ["1|0|infra|last_id|9"],
    dashboard: ['1|Load|{"panels":[],"uid":"a"}|1|2023-04-01 09:00:00|f|f'],
    data_keys: ["2023-01-01/root|t|\\x00ff80"],
    alert_rule: ["1|Too hot|2024-05-01 10:00:00.123456|f", "2|Too cold|2024-05-01 12:00:00|t"],
  },
};
