/** The privileges of a login of MySQL or MariaDB, as the server reports them. Only privileges known to be harmless count as harmless. */
import { quotedName } from './mysqlColumns.ts';
import type { MysqlWire } from './mysqlWire.ts';

const harmless = [
  ...['USAGE', 'SELECT', 'SHOW VIEW', 'SHOW DATABASES', 'PROCESS', 'REPLICATION CLIENT', 'BINLOG MONITOR'],
  ...['SLAVE MONITOR', 'SHOW_ROUTINE', 'SHOW CREATE ROUTINE'],
].join('|');
const reads = new RegExp(
  `^GRANT (?:(?:${harmless})(?: \\([^()]*\\))?(?:, ?)?)+ ON (?!.* WITH GRANT OPTION)`,
  'i',
);
const name = '`(?:[^`]|``)+`(?:@`(?:[^`]|``)*`)?';
const role = new RegExp(`^GRANT (?<roles>${name}(?:, ?${name})*) TO (?!.* WITH ADMIN OPTION)`);
const seconds = 10;
/** maximum of lines of one reply */
const maxLines = 10_000;

/** Whether the login, or a role that it could take, may do anything but read. @throws SourceFault */
export async function mayWrite(wire: MysqlWire): Promise<boolean> {
  const lines = async (text: string): Promise<readonly string[]> =>
    (await wire.ask({ text, values: [] }, seconds * 1_000, maxLines)).rows.map(([line]) => String(line));
  const others = (all: readonly string[]): readonly string[] =>
    all.filter((line) => !reads.test(line) && !line.startsWith('SET DEFAULT ROLE '));
  const own = others(await lines('SHOW GRANTS'));
  const roles = own.flatMap((line) => {
    const found = role.exec(line)?.groups?.['roles'];
    return found === undefined ? [] : [found];
  });
  if (roles.length < own.length) return true;
  if (roles.length === 0) return false;
  if (!wire.isMariadb) {
    // with all of them active, the server reports their privileges
    await lines('SET ROLE ALL');
    const brought = others(await lines('SHOW GRANTS'));
    await lines('SET ROLE DEFAULT');
    return brought.some((line) => !role.test(line));
  }
  // one at a time, with the roles granted to it
  const [before] = (await wire.ask({ text: 'SELECT CURRENT_ROLE()', values: [] }, seconds * 1_000, 1)).rows;
  for (const one of roles) {
    await lines(`SET ROLE ${one}`);
    if (others(await lines('SHOW GRANTS FOR CURRENT_ROLE')).some((line) => !role.test(line))) return true;
  }
  await lines(typeof before?.[0] === 'string' ? `SET ROLE ${quotedName(before[0])}` : 'SET ROLE NONE');
  return false;
}
