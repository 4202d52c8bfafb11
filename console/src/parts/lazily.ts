import { lazy, type ComponentType } from 'react';

/** A page that is loaded when it is opened. @param name of the component in its module */
export const lazily = <K extends string>(
  load: () => Promise<Readonly<Record<K, ComponentType>>>,
  name: K,
): ComponentType =>
  lazy<ComponentType>(async () => {
    const module: Readonly<Record<K, ComponentType>> = await load();
    return { default: module[name] };
  });
