/** Names for what the gateway tells of accounts, and of the installation as a whole. */
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type Session = Schemas["SessionShown"];
export type Scope = Schemas["Scope"];
export type ApiKey = Schemas["ApiKeyShown"];
export type ApiKeyMade = Schemas["ApiKeyMade"];
export type NewApiKey = Schemas["NewApiKey"];
export type AuditLog = Schemas["AuditLog"];
export type AuditEntry = Schemas["Entry"];
export type AuditAct = Schemas["Act"];

export type Tier = Schemas["Tier"];
export type Role = Schemas["Role"];
/** An account as operators see it. */
export type User = Schemas["UserShown"];
export type UserPage = Schemas["Users"];
export type Worker = Schemas["WorkerShown"];
export type Workers = Schemas["Workers"];
export type Queue = Schemas["QueueShown"];
export type QueuedUser = Schemas["QueuedUser"];
export type FailedVideo = Schemas["FailedVideo"];
export type FailurePage = Schemas["FailurePage"];
export type Deletion = Schemas["Deletion"];
export type Deletions = Schemas["Deletions"];
export type Analytics = Schemas["Analytics"];
export type LedgerPage = Schemas["LedgerPage"];
