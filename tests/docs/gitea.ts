/** Some tables of Gitea 1.22, as xorm makes them in SQLite and by `gitea migrate` in PostgreSQL. */
import type { Example } from "./example.ts";

export const gitea: Example = {
  heading: "Gitea",
  source: `
    CREATE TABLE \`version\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`version\` INTEGER NULL);
    CREATE TABLE \`user\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`lower_name\` TEXT NOT NULL, \`name\` TEXT NOT NULL, \`email\` TEXT NOT NULL, \`passwd\` TEXT NOT NULL, \`must_change_password\` INTEGER DEFAULT false NOT NULL, \`description\` TEXT NULL, \`created_unix\` INTEGER NULL, \`is_active\` INTEGER NULL, \`is_admin\` INTEGER NULL);
    CREATE UNIQUE INDEX \`UQE_user_lower_name\` ON \`user\` (\`lower_name\`);
    CREATE INDEX \`IDX_user_created_unix\` ON \`user\` (\`created_unix\`);
    CREATE TABLE \`repository\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`owner_id\` INTEGER NULL, \`lower_name\` TEXT NOT NULL, \`name\` TEXT NOT NULL, \`is_private\` INTEGER NULL, \`topics\` TEXT NULL, \`size\` INTEGER DEFAULT 0 NOT NULL, \`updated_unix\` INTEGER NULL);
    CREATE UNIQUE INDEX \`UQE_repository_s\` ON \`repository\` (\`owner_id\`,\`lower_name\`);
    CREATE TABLE \`oauth2_application\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \`uid\` INTEGER NULL, \`name\` TEXT NULL, \`client_id\` TEXT NULL, \`confidential_client\` INTEGER DEFAULT true NOT NULL, \`redirect_uris\` TEXT NULL);
    CREATE UNIQUE INDEX \`UQE_oauth2_application_client_id\` ON \`oauth2_application\` (\`client_id\`);
    CREATE TABLE \`lfs_lock\` (\`id\` TEXT PRIMARY KEY NOT NULL, \`path\` TEXT NULL, \`created\` DATETIME NULL);
    INSERT INTO version VALUES (1, 299);
    INSERT INTO user VALUES (1, 'ada', 'Ada', 'ada@example.org', 'x', 0, '', 1700000000, 1, 1), (5, 'grace', 'Grace', 'g@example.org', 'y', 1, NULL, 1700000001, 1, 0);
    INSERT INTO repository VALUES (3, 5, 'compiler', 'Compiler', 1, '["cobol"]', 5000000000, 1700000002), (4, 1, 'engine', 'engine', 0, 'null', 0, 1700000003);
    INSERT INTO oauth2_application VALUES (1, 0, 'git-credential-oauth', 'a4792ccc', 0, '["http://127.0.0.1"]'), (4, 5, 'mine', 'beef', 1, '[]');
    INSERT INTO lfs_lock VALUES ('7', 'a/b.bin', NULL);`,
  live: `
    CREATE TABLE "version" ("id" BIGSERIAL PRIMARY KEY NOT NULL, "version" BIGINT NULL);
    CREATE TABLE "user" ("id" BIGSERIAL PRIMARY KEY NOT NULL, "lower_name" VARCHAR(255) NOT NULL, "name" VARCHAR(255) NOT NULL, "email" VARCHAR(255) NOT NULL, "passwd" VARCHAR(255) NOT NULL, "must_change_password" BOOL DEFAULT false NOT NULL, "description" VARCHAR(255) NULL, "created_unix" BIGINT NULL, "is_active" BOOL NULL, "is_admin" BOOL NULL);
    CREATE UNIQUE INDEX "UQE_user_lower_name" ON "user" ("lower_name");
    CREATE INDEX "IDX_user_created_unix" ON "user" ("created_unix");
    CREATE TABLE "repository" ("id" BIGSERIAL PRIMARY KEY NOT NULL, "owner_id" BIGINT NULL, "lower_name" VARCHAR(255) NOT NULL, "name" VARCHAR(255) NOT NULL, "is_private" BOOL NULL, "topics" TEXT NULL, "size" BIGINT DEFAULT 0 NOT NULL, "updated_unix" BIGINT NULL);
    CREATE UNIQUE INDEX "UQE_repository_s" ON "repository" ("owner_id","lower_name");
    CREATE TABLE "oauth2_application" ("id" BIGSERIAL PRIMARY KEY NOT NULL, "uid" BIGINT NULL, "name" VARCHAR(255) NULL, "client_id" VARCHAR(255) NULL, "confidential_client" BOOL DEFAULT true NOT NULL, "redirect_uris" TEXT NULL);
    CREATE UNIQUE INDEX "UQE_oauth2_application_client_id" ON "oauth2_application" ("client_id");
    CREATE TABLE "lfs_lock" ("id" VARCHAR(64) PRIMARY KEY NOT NULL, "path" TEXT NULL, "created" TIMESTAMP NULL);
    INSERT INTO "version" ("version") VALUES (299);
    INSERT INTO "oauth2_application" ("uid", "name", "client_id", "confidential_client", "redirect_uris") VALUES (0, 'git-credential-oauth', 'a4792ccc', false, '["http://127.0.0.1"]'), (0, 'tea', 'd57cb8c4', false, '[]');`,
  rows: {
    version: ["1|299"],
    '"user"': ["1|ada|Ada|ada@example.org|x|f||1700000000|t|t", "5|grace|Grace|g@example.org|y|t|∅|1700000001|t|f"],
    repository: ['3|5|compiler|Compiler|t|["cobol"]|5000000000|1700000002', "4|1|engine|engine|f|null|0|1700000003"],
    oauth2_application: ['1|0|git-credential-oauth|a4792ccc|f|["http://127.0.0.1"]', "4|5|mine|beef|t|[]"],
    lfs_lock: ["7|a/b.bin|∅"],
  },
};
