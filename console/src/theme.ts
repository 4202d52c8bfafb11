/** Light and dark theme: tokens of the component library. The same colours for our own elements are in console.css; see console/DESIGN.md. */
import { theme as library, type ThemeConfig } from 'antd';
import { createContext, useContext } from 'react';

export type Shade = 'light' | 'dark';

const place = 'datong-theme';

/** The choice of this browser; without one, that of the operating system. */
export function firstShade(): Shade {
  const chosen = window.localStorage.getItem(place);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function storeShade(shade: Shade): void {
  window.localStorage.setItem(place, shade);
}

/** Every text has the contrast of WCAG 2.1 AA in both themes. */
export const themeOf: Readonly<Record<Shade, ThemeConfig>> = {
  light: {
    cssVar: { key: 'datong' },
    token: {
      colorPrimary: '#0958d9',
      colorPrimaryHover: '#003eb3',
      colorPrimaryActive: '#002c8c',
      colorError: '#cf1322',
      colorTextPlaceholder: 'rgba(0,0,0,.6)',
      colorTextDescription: 'rgba(0,0,0,.65)',
      colorTextDisabled: 'rgba(0,0,0,.6)',
      motion: false,
    },
  },
  dark: {
    algorithm: library.darkAlgorithm,
    cssVar: { key: 'datong-dark' },
    token: {
      colorPrimary: '#1668dc',
      colorPrimaryHover: '#1554ad',
      colorPrimaryActive: '#15417e',
      colorLink: '#69b1ff',
      colorLinkHover: '#91caff',
      colorError: '#ff7875',
      colorErrorHover: '#ffa39e',
      colorBgContainer: '#1f1f1f',
      colorTextPlaceholder: 'rgba(255,255,255,.65)',
      colorTextDescription: 'rgba(255,255,255,.7)',
      colorTextDisabled: 'rgba(255,255,255,.62)',
      motion: false,
    },
    // dark text on the light red of a dangerous button
    components: {
      Button: { dangerColor: '#1f1f1f', defaultHoverColor: '#91caff', defaultHoverBorderColor: '#91caff' },
    },
  },
};

export const ShadeContext = createContext<{ readonly shade: Shade; readonly choose: (shade: Shade) => void }>(
  {
    shade: 'light',
    choose: () => undefined,
  },
);

/** The theme in use, and how to change it. */
export const useShade = (): { readonly shade: Shade; readonly choose: (shade: Shade) => void } =>
  useContext(ShadeContext);
