import type { DatabaseAddress } from './address.ts';
import { failureOf, unavailable } from './failure.ts';
import { asLogin } from './login.ts';
import { sessionSettings, statementDeadline } from './session.ts';

/** What a session of datong_app gets from the role itself where no parameter of the connection reaches the server. */
const roleSettings: Readonly<Record<string, string>> = {
  ...sessionSettings,
  default_transaction_isolation: 'read committed',
  statement_timeout: String(statementDeadline),
};

/**
 * Behind a transaction pooler a connection has no settings of its own: those of the role hold for whichever session it gets. Where the
 * login may not alter the role, an administrator has (docs/operations.md), and the look at each new connection tells if not.
 */
export async function settleRole(address: DatabaseAddress): Promise<void> {
  await asLogin(address, async (login) => {
    for (const [name, value] of Object.entries(roleSettings)) {
      try {
        await login.query(`ALTER ROLE datong_app SET ${name} = ${login.escapeLiteral(value)}`);
      } catch (error) {
        if (failureOf(error) === 'not_granted') return;
        if (failureOf(error) !== 'made_meanwhile') throw unavailable(error);
      }
    }
    const { rows } = await login.query<{ weak: boolean }>(
      "SELECT current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') AS weak",
    );
    if (rows[0]?.weak === true) await login.query('ALTER ROLE datong_app SET synchronous_commit = on');
  });
}
