import { type StateKey, stateKey } from './state.ts';

/** For which responses the access log gets a line. */
export interface AccessLogRule {
  /** Whether the statuses named get a line, and all others none, or the other way round. */
  readonly writes: boolean;
  /** 1 digit names a class (4: 400 to 499), 2 digits a decade (40: 400 to 409), 3 digits a status. None: every status. */
  readonly statusPrefixes: readonly number[];
}

/** What a route says of its line in the access log; without it the option --access-log-disabled decides. */
export const accessLogRule: StateKey<AccessLogRule> = stateKey('access-log-rule');

/** Query parameters whose values the access log shows as hashes only; names are decoded. */
export const maskedQueryParams: StateKey<ReadonlySet<string>> = stateKey('masked-query-parameters');

/** Who the request was made by, as the filter that let it pass found out; for access and audit logs. */
export const authUser: StateKey<string> = stateKey('auth-user');

/** Why a request was refused, in a stable word such as "invalid-token"; for access and audit logs. */
export const authRejectReason: StateKey<string> = stateKey('auth-reject-reason');

/** Who the request says that it was made by, without proof; the last field of the access log's lines. */
export const unverifiedAudit: StateKey<string> = stateKey('unverified-audit');
