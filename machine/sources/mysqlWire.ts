/**
 * Connections to MySQL and MariaDB. The peer may be an impostor. It must prove its name before it receives a login, it receives no file
 * and no plain-text password, its replies are limited, and a silent peer is abandoned.
 */
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Connection, FieldPacket } from 'mysql2';
import {
  bounded,
  grace,
  SourceFault,
  watchIdle,
  type FaultKind,
  type SourceAddress,
  type Statement,
} from './sqlSource.ts';

export interface Answer {
  readonly fields: readonly FieldPacket[];
  /** texts, numbers and bytes, in the driver's representation */
  readonly rows: readonly (readonly unknown[])[];
}

export interface MysqlWire {
  /** by the server's own name */
  readonly isMariadb: boolean;
  /** whether it may be reused */
  readonly alive: boolean;
  /** @param most maximum of rows that the statement requests. @throws SourceFault */
  ask(statement: Statement, milliseconds: number, most: number): Promise<Answer>;
  close(): void;
}

/** timeout of a connection attempt, in ms */
const patience = 10_000;
/** maximum of prepared statements of a connection */
const storedStatements = 50;

/** maximum of columns of a table, in either system */
const maxColumns = 4_096;
/** packets of one reply in addition to its rows: columns, those of the statement again, its values, and separators */
const otherPackets = 2 * maxColumns + 64;

/** Parts of the driver that its types lack: its own TLS does not verify certificates against numeric addresses. */
/** Its end, and the present read position. */
interface Packet {
  readonly offset: number;
  readonly end: number;
}

interface Inner {
  stream: Socket | TLSSocket;
  readonly packetParser: { execute(bytes: Buffer): void; onPacket: (packet: Packet) => void };
  startTLS(secured: (error?: Error) => void): void;
  readonly _handshakePacket?: { readonly serverVersion?: string };
}

/** @throws SourceFault */
export async function connectMysql(address: SourceAddress): Promise<MysqlWire> {
  const { host, port, database, user, password, tls } = address;
  const { createConnection } = (await import('mysql2')).default;
  const connection = createConnection({
    ...(host.startsWith('/') ? { socketPath: host } : { host, port }),
    database,
    user,
    password,
    connectTimeout: patience,
    // our own TLS below verifies; this makes the driver request TLS, and reject a server without it
    ...(tls === 'verify' && { ssl: { rejectUnauthorized: true, verifyIdentity: true } }),
    // a server may request any file of the client: it is refused
    flags: ['-LOCAL_FILES'],
    multipleStatements: false,
    disableEval: true,
    maxPreparedStatements: storedStatements,
    trace: false,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
  });
  const inner = connection as unknown as Inner;
  let alive = true;
  let broken: unknown;
  // the driver does not notify a waiting query when the peer has closed the connection
  let notifyWaiting = (_: unknown): void => undefined;
  let stopWatch = (): void => undefined;
  const end = (error: unknown): void => {
    if (!alive) return;
    alive = false;
    stopWatch();
    broken = error;
    connection.destroy();
    notifyWaiting(error);
  };
  const gone = (): void => end(Object.assign(new Error('the connection ended'), { code: 'ECONNRESET' }));
  inner.startTLS = secureBy(inner, address);
  // each row is a packet: they are counted on arrival, because the driver buffers everything that a server sends
  let packetsLeft = Infinity;
  const { onPacket } = inner.packetParser;
  inner.packetParser.onPacket = (packet) => {
    if (!alive) return;
    packetsLeft -= 1;
    if (packetsLeft < 0) {
      end(unasked());
      return;
    }
    try {
      onPacket(packet);
    } catch (error) {
      end(malformed(error));
    }
    // an embedded length beyond the packet would read the data of other packets
    if (packet.offset > packet.end && packetsLeft !== Infinity) end(malformed());
  };
  const reported = <T>(begin: (resolve: (answer: T) => void, reject: (error: unknown) => void) => void) =>
    new Promise<T>((resolve, reject) => {
      notifyWaiting = reject;
      if (alive) begin(resolve, reject);
      else reject(broken instanceof Error ? broken : new Error('the connection ended'));
    });
  connection.on('error', end);
  connection.on('end', gone);
  inner.stream.on('close', gone);
  const stream = (): Socket | TLSSocket => inner.stream;
  await bounded(stream, () =>
    reported<boolean>((resolve) => connection.once('connect', () => resolve(true))),
  ).catch((error: unknown) => {
    end(error);
    throw faultOf(error);
  });
  const idle = watchIdle(stream);
  stopWatch = () => idle.stop();
  return {
    isMariadb: /mariadb/i.test(inner._handshakePacket?.serverVersion ?? ''),
    get alive() {
      return alive;
    },
    ask: async (statement, milliseconds, most) => {
      const late = setTimeout(() => {
        end(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
      }, milliseconds + grace);
      idle.pause();
      try {
        packetsLeft = most + statement.values.length + otherPackets;
        const answer = await bounded(stream, () =>
          reported<Answer>((resolve, reject) => {
            ask(connection, statement, resolve, reject).once('fields', (fields?: readonly unknown[]) => {
              if ((fields?.length ?? 0) > maxColumns) end(unasked());
              // rows follow from here on, between two markers
              packetsLeft = most + 2;
            });
          }),
        );
        if (answer.rows.length > most) throw unasked();
        return answer;
      } catch (error) {
        const fault = faultOf(error);
        if (fault.kind !== 'failed' && fault.kind !== 'letters') end(error);
        throw fault;
      } finally {
        clearTimeout(late);
        idle.resume();
      }
    },
    close: gone,
  };
}

/** Like the driver's TLS, but it verifies the certificate against the requested host, a name or an address. */
function secureBy(inner: Inner, { host, ca }: SourceAddress): Inner['startTLS'] {
  return (secured) => {
    const plain = inner.stream;
    plain.removeAllListeners('data');
    let reported = false;
    const settle = (error?: Error): void => {
      if (reported) return;
      reported = true;
      // the driver replaces every error of TLS with a single code
      secured(error === undefined ? undefined : new Error(error.message, { cause: error }));
    };
    const name = host.startsWith('/') ? 'localhost' : host;
    const secure = connectTls({
      socket: plain,
      host: name,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(isIP(name) === 0 && { servername: name }),
      ...(ca !== undefined && { ca }),
    });
    secure.once('secureConnect', () => settle());
    secure.on('error', (error: Error) => {
      if (reported) plain.destroy(error);
      else settle(error);
    });
    secure.on('data', (bytes: Buffer) => inner.packetParser.execute(bytes));
    inner.stream = secure;
  };
}

const unasked = (): SourceFault => new SourceFault('unasked', '', new Error('more rows than were asked for'));
const malformed = (cause?: unknown): SourceFault =>
  new SourceFault('unreachable', 'EBADMSG', new Error('a packet of another shape', { cause }));

function ask(
  connection: Connection,
  { text, values }: Statement,
  resolve: (answer: Answer) => void,
  reject: (error: unknown) => void,
): EventEmitter {
  const answered = (error: Error | null, rows: unknown, fields: unknown): void => {
    if (error !== null) {
      reject(error);
      return;
    }
    // a statement without a result, such as SET, has no fields
    const reported: readonly FieldPacket[] = (fields as FieldPacket[] | undefined) ?? [];
    const found: readonly unknown[] = Array.isArray(rows) ? rows : [];
    const whole = found.every((row) => Array.isArray(row) && row.length === reported.length);
    if (whole && reported.every((field) => typeof field.name === 'string'))
      resolve({ fields: reported, rows: found as Answer['rows'] });
    else reject(malformed());
  };
  const requested = { sql: text, rowsAsArray: true };
  // the server binds values, the driver never writes them into the statement; session set-up statements cannot be prepared
  return values.length === 0
    ? connection.query(requested, answered)
    : connection.execute(requested, [...values] as string[], answered);
}

interface DriverError {
  readonly errno?: number;
  readonly code?: string;
  readonly sqlState?: string;
  readonly cause?: unknown;
}

/** error numbers of both systems, or of one of them */
const kinds: ReadonlyMap<number, FaultKind> = new Map([
  // statement time: MariaDB's, MySQL's; ended by an administrator
  ...([1969, 3024, 1317] as const).map((errno) => [errno, 'slow'] as const),
  // host, login, database, too many connections, host blocked, plug-in
  ...([1040, 1044, 1045, 1049, 1129, 1130, 1203, 1226, 1698, 1820, 4151] as const).map(
    (errno) => [errno, 'refused'] as const,
  ),
  // the server is stopping
  ...([1053, 1927, 3169] as const).map((errno) => [errno, 'unreachable'] as const),
  // incompatible encodings: of MariaDB and MySQL, of MySQL
  ...([1267, 1270, 1271, 3988] as const).map((errno) => [errno, 'letters'] as const),
]);

function faultOf(error: unknown): SourceFault {
  if (error instanceof SourceFault) return error;
  const { errno, code = '', sqlState, cause } = Object(error) as DriverError;
  if (sqlState !== undefined && errno !== undefined)
    return new SourceFault(kinds.get(errno) ?? 'failed', sqlState, error);
  const below = Object(cause) as DriverError;
  if (code === 'HANDSHAKE_SSL_ERROR') return new SourceFault('unreachable', below.code ?? 'EPROTO', error);
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return new SourceFault('unreachable', 'EPROTO', error);
  return new SourceFault('unreachable', code === 'PROTOCOL_CONNECTION_LOST' ? 'ECONNRESET' : code, error);
}
