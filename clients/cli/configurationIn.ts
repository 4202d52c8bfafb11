import { existsSync } from 'node:fs';
import type { HubConfig } from '../../hub/platform/config/hubConfig.ts';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { exitCode, VerbFailure } from './verb.ts';

/** A hub's configuration, for verbs on the hub's own machine. @throws VerbFailure where there is none; Problem configuration_invalid */
export function configurationIn(file: string): HubConfig {
  if (!existsSync(file)) throw noConfiguration(file);
  return readConfig(file);
}

const noConfiguration = (file: string): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    { zh: `没有配置文件 ${file}`, en: `there is no configuration ${file}` },
    {
      zh: '在写有 hub.json 的文件夹里运行，或以 --config 指明；新枢纽先运行 datong init',
      en: 'run it in the folder of hub.json or name it with --config; a new hub begins with datong init',
    },
  );
