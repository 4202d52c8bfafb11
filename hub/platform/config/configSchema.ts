import { formatVersion } from '../../../terms/refuseLaterVersion.ts';
import { riskSettings } from '../../../terms/riskSettings.ts';

/** Shape of hub.json. Defaults are filled in by readConfig. */
const listener = (port: number, host: string): object => ({
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    host: { type: 'string', minLength: 1, default: host },
    port: { type: 'integer', minimum: 0, maximum: 65_535, default: port },
  },
});

const mailDomain = '^[a-z0-9-]+([.][a-z0-9-]+)*$';
const origin = { type: 'string', pattern: '^https://[^/?#@]+$' };

export const configSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'publicOrigin'],
  properties: {
    // of the format; a later one was refused before
    v: { type: 'integer', minimum: formatVersion, maximum: formatVersion },
    name: { type: 'string', pattern: '^[a-z][a-z0-9-]{1,39}$' },
    publicOrigin: origin,
    openOrigin: origin,
    listeners: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        exchange: listener(8443, '0.0.0.0'),
        open: listener(8444, '0.0.0.0'),
        staff: listener(8445, '127.0.0.1'),
        admin: listener(8446, '127.0.0.1'),
        // disabled where it is absent
        citizen: {
          type: 'object',
          additionalProperties: false,
          properties: {
            host: { type: 'string', minLength: 1, default: '127.0.0.1' },
            port: { type: 'integer', minimum: 0, maximum: 65_535, default: 8447 },
            origin,
          },
        },
      },
    },
    stateDir: { type: 'string', minLength: 1, default: 'data' },
    keysDir: { type: 'string', minLength: 1 },
    database: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        url: { type: 'string', pattern: '^postgres(ql)?://' },
        appUrl: { type: 'string', pattern: '^postgres(ql)?://' },
        flavour: { enum: ['system', 'bundled'] },
        durable: { type: 'boolean', default: true },
        requireSynchronousStandby: { type: 'boolean', default: false },
        connections: { type: 'integer', minimum: 2, maximum: 500, default: 10 },
      },
    },
    connections: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        perAddress: { type: 'integer', minimum: 1, maximum: 4_096, default: 512 },
        proxies: {
          type: 'array',
          maxItems: 64,
          items: { type: 'string', pattern: '^[0-9a-fA-F.:]{2,45}(/[0-9]{1,3})?$' },
          default: [],
        },
      },
    },
    webhooks: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: { retryHours: { type: 'number', minimum: 0.01, maximum: 168, default: 24 } },
    },
    // clamd, where attachments are scanned
    scanner: {
      type: 'object',
      additionalProperties: false,
      required: ['host'],
      properties: {
        host: { type: 'string', pattern: '^[A-Za-z0-9.:-]{1,253}$' },
        port: { type: 'integer', minimum: 1, maximum: 65_535, default: 3310 },
      },
    },
    // where the bytes of attachments are stored
    attachments: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        storage: { enum: ['database', 's3'] },
        maxUnnamedBytes: { type: 'integer', minimum: 1_048_576, maximum: 2 ** 50, default: 50 * 2 ** 30 },
        s3: {
          type: 'object',
          additionalProperties: false,
          required: ['endpoint', 'bucket', 'accessKeyId', 'secretKeyFile'],
          properties: {
            endpoint: { type: 'string', pattern: '^https?://[^/?#@]+$' },
            region: { type: 'string', pattern: '^[a-z0-9-]{1,40}$', default: 'us-east-1' },
            bucket: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' },
            prefix: { type: 'string', pattern: '^([A-Za-z0-9_-]{1,60}/){1,5}$', default: 'attachments/' },
            accessKeyId: { type: 'string', minLength: 1, maxLength: 200 },
            secretKeyFile: { type: 'string', minLength: 1 },
            caFile: { type: 'string', minLength: 1 },
          },
        },
      },
    },
    lookups: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        unfoundPerHour: { type: 'integer', minimum: 1, maximum: 10_000_000, default: 120 },
        distinctPerHour: { type: 'integer', minimum: 1, maximum: 100_000_000, default: 100_000 },
      },
    },
    retention: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        openBatchDays: { type: 'integer', minimum: 1, maximum: 90, default: 7 },
        rawBytesDays: { type: 'integer', minimum: 1, maximum: 3_650, default: 30 },
      },
    },
    findings: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: Object.fromEntries(
        Object.entries(riskSettings).map(([name, { value, least = 1, most }]) => [
          name,
          { type: 'integer', minimum: least, maximum: most, default: value },
        ]),
      ),
    },
    sources: {
      type: 'array',
      maxItems: 200,
      default: [],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['department', 'host'],
        properties: {
          department: { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' },
          host: { type: 'string', pattern: '^(/[^\\0]{1,100}|[A-Za-z0-9.:-]{1,253})$' },
          port: { type: 'integer', minimum: 1, maximum: 65_535, default: 5432 },
          tls: { enum: ['verify', 'off'], default: 'verify' },
          caFile: { type: 'string', minLength: 1 },
        },
      },
    },
    services: {
      type: 'array',
      maxItems: 200,
      default: [],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['department', 'origin'],
        properties: {
          department: { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' },
          origin,
          addresses: {
            type: 'array',
            minItems: 1,
            maxItems: 64,
            items: { type: 'string', pattern: '^[0-9a-fA-F.:]{2,45}(/[0-9]{1,3})?$' },
          },
          caFile: { type: 'string', minLength: 1 },
        },
      },
    },
    witnesses: {
      type: 'array',
      maxItems: 16,
      default: [],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['url', 'vkey'],
        properties: {
          url: { type: 'string', pattern: '^https?://[^/?#]+(/[^?#]*)?$' },
          vkey: { type: 'string', pattern: '^[^\\s+]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44}$' },
        },
      },
    },
    signIn: {
      type: 'object',
      additionalProperties: false,
      required: ['issuer', 'clientId'],
      properties: {
        // http on this machine only: traffic cannot be read by others there
        issuer: {
          type: 'string',
          pattern: '^(https://[^/?#@]+|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?)(/[^?#]*)?$',
        },
        clientId: { type: 'string', minLength: 1, maxLength: 200 },
        clientSecretFile: { type: 'string', minLength: 1 },
        title: {
          type: 'object',
          additionalProperties: false,
          required: ['zh', 'en'],
          properties: {
            zh: { type: 'string', minLength: 1, maxLength: 40 },
            en: { type: 'string', minLength: 1, maxLength: 40 },
          },
          default: { zh: '统一身份认证', en: 'the identity provider' },
        },
      },
    },
    mirrorDir: { type: 'string', minLength: 1 },
    reminders: {
      type: 'object',
      additionalProperties: false,
      properties: {
        mail: {
          type: 'object',
          additionalProperties: false,
          required: ['host', 'from', 'domains'],
          properties: {
            host: { type: 'string', pattern: '^[A-Za-z0-9.:-]{1,253}$' },
            port: { type: 'integer', minimum: 1, maximum: 65_535, default: 465 },
            tls: { enum: ['direct', 'starttls', 'off'], default: 'direct' },
            user: { type: 'string', minLength: 1, maxLength: 200 },
            passwordFile: { type: 'string', minLength: 1 },
            caFile: { type: 'string', minLength: 1 },
            from: { type: 'string', pattern: '^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*$' },
            domains: {
              type: 'array',
              minItems: 1,
              maxItems: 200,
              items: { type: 'string', pattern: mailDomain },
            },
          },
          dependencies: { user: ['passwordFile'], passwordFile: ['user'] },
        },
        webhooks: {
          type: 'object',
          additionalProperties: false,
          required: ['hosts'],
          properties: {
            hosts: {
              type: 'array',
              minItems: 1,
              maxItems: 200,
              items: { type: 'string', pattern: '^[a-z0-9.-]{1,253}(:[0-9]{1,5})?$' },
            },
            caFile: { type: 'string', minLength: 1 },
          },
        },
      },
    },
    archiveDir: { type: 'string', minLength: 1 },
    // an OpenTelemetry receiver (OTLP over HTTP)
    telemetry: {
      type: 'object',
      additionalProperties: false,
      required: ['endpoint'],
      properties: {
        endpoint: { type: 'string', pattern: '^https?://[^/?#@]+(/[^?#]*[^/?#])?$' },
        tokenFile: { type: 'string', minLength: 1 },
        caFile: { type: 'string', minLength: 1 },
        tracesPerSecond: { type: 'integer', minimum: 0, maximum: 1_000, default: 5 },
        metricsSeconds: { type: 'integer', minimum: 0, maximum: 3_600, default: 15 },
      },
    },
    log: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: { level: { enum: ['debug', 'info', 'warn', 'error'], default: 'info' } },
    },
  },
} as const;
