/** The parts of ECharts that the charts need: loaded by the first page with a chart. */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Series } from './series.ts';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

/** distinguishable without colours */
const marks = ['circle', 'rect', 'triangle', 'diamond'] as const;
const lines = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]] as const;
const colours = ['#0958d9', '#a8071a', '#237804', '#531dab'] as const;

/**
 * Draws into an element, which the caller empties by `dispose`.
 * @param kind bars of one series, or lines
 * @param number how a value is written
 */
export function draw(
  place: HTMLElement,
  kind: 'bars' | 'lines',
  at: readonly string[],
  series: readonly Series[],
  number: (value: number) => string,
): EChartsType {
  const chart = init(place, undefined, { renderer: 'svg' });
  chart.setOption({
    animation: false,
    color: [...colours],
    grid: { left: 8, right: 16, top: series.length > 1 ? 36 : 12, bottom: 8, containLabel: true },
    ...(series.length > 1 ? { legend: { top: 0, left: 0 } } : {}),
    // escapes texts of departments
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      valueFormatter: (value: unknown) => valueText(value, number),
    },
    xAxis: { type: 'category', data: at, axisTick: { show: false } },
    yAxis: { type: 'value', axisLabel: { formatter: number } },
    series: series.map(({ name, values }, index) => ({
      name,
      type: kind === 'bars' ? 'bar' : 'line',
      data: values.map((value) => value ?? '-'),
      ...(kind === 'bars'
        ? { barMaxWidth: 32 }
        : {
            symbol: marks[index % marks.length],
            symbolSize: 7,
            lineStyle: { type: lines[index % lines.length], width: 2 },
          }),
    })),
  });
  return chart;
}

const valueText = (value: unknown, number: (value: number) => string): string =>
  typeof value === 'number' ? number(value) : '—';
