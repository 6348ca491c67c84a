import { TEXT_SIZE } from './boxes.ts';

/** Colours of a drawing. */
export interface Palette {
  readonly page: string;
  readonly frame: string;
  readonly region: string;
  readonly box: string;
  readonly border: string;
  readonly rule: string;
  readonly text: string;
  readonly soft: string;
  readonly faint: string;
  readonly guard: string;
  readonly line: string;
  readonly pill: string;
  readonly pillBorder: string;
  readonly delayed: string;
  readonly error: string;
  readonly errorPill: string;
  readonly errorBorder: string;
}

/** Every text has a contrast of at least 4.5 to what it stands on. */
export const PALETTES = {
  light: {
    page: '#ffffff',
    frame: '#f6f8fb',
    region: '#eef2f7',
    box: '#ffffff',
    border: '#a9b4c4',
    rule: '#e1e6ee',
    text: '#16202e',
    soft: '#4a5668',
    faint: '#5f6b80',
    guard: '#9a4a06',
    line: '#7d8a9e',
    pill: '#ffffff',
    pillBorder: '#ccd4df',
    delayed: '#2f63c0',
    error: '#c43232',
    errorPill: '#fff6f5',
    errorBorder: '#efbdb8',
  },
  dark: {
    page: '#0d1117',
    frame: '#131922',
    region: '#0f141c',
    box: '#1b2330',
    border: '#586880',
    rule: '#2c3747',
    text: '#e7edf5',
    soft: '#b3bfcf',
    faint: '#8c99ac',
    guard: '#f0a660',
    line: '#71809a',
    pill: '#1b2330',
    pillBorder: '#3a475a',
    delayed: '#79a8ff',
    error: '#ff7b72',
    errorPill: '#2a1a1f',
    errorBorder: '#6d3438',
  },
} as const satisfies Record<string, Palette>;

export type Theme = keyof typeof PALETTES;

/**
 * Style sheet of a drawing, for the head of a page or for the file itself. All rules are beneath `.chart`; a page that
 * highlights adds its own, such as `.chart [data-state].is-active > .state-box`.
 */
export function chartCss(theme: Theme): string {
  const p: Palette = PALETTES[theme];
  return `.chart{font-family:Helvetica,Arial,'Liberation Sans',Arimo,sans-serif;font-size:${TEXT_SIZE.row}px}
.chart .page{fill:${p.page}}
.chart .state-box{fill:${p.box};stroke:${p.border};stroke-width:1.2}
.chart .compound>.state-box{fill:${p.frame}}
.chart .odd.compound>.state-box{fill:${p.region}}
.chart .region>.state-box{stroke-dasharray:5 4}
.chart .transient>.state-box{stroke-dasharray:2 3}
.chart .state-inner{fill:none;stroke:${p.border};stroke-width:1}
.chart .rule{stroke:${p.rule};stroke-width:1}
.chart text{fill:${p.soft}}
.chart .compound text{paint-order:stroke;stroke:${p.frame};stroke-width:5px;stroke-linejoin:round}
.chart .odd.compound text{stroke:${p.region}}
.chart .title{font-size:${TEXT_SIZE.title}px;font-weight:700;fill:${p.text}}
.chart .transient .title,.chart .history .title{font-size:${TEXT_SIZE.transientTitle}px;fill:${p.faint}}
.chart .trigger{font-weight:700;fill:${p.text}}
.chart .guard{fill:${p.guard}}
.chart .action{fill:${p.soft}}
.chart .muted{fill:${p.faint}}
.chart .dot{fill:${p.text}}
.chart .edge-line{fill:none;stroke:${p.line};stroke-width:1.4}
.chart .edge-arrow{fill:${p.line}}
.chart .pill{fill:${p.pill};stroke:${p.pillBorder};stroke-width:1}
.chart .delayed .edge-line{stroke:${p.delayed};stroke-dasharray:6 4}
.chart .delayed .edge-arrow{fill:${p.delayed}}
.chart .delayed .trigger{fill:${p.delayed}}
.chart .clock{fill:none;stroke:${p.delayed};stroke-width:1.3;stroke-linecap:round;stroke-linejoin:round}
.chart .countdown{fill:none;stroke:${p.delayed};stroke-width:2.6}
.chart .faint .edge-line{stroke:${p.border}}
.chart .faint .edge-arrow{fill:${p.border}}
.chart .faint .trigger{fill:${p.faint}}
.chart .error .edge-line{stroke:${p.error}}
.chart .error .edge-arrow{fill:${p.error}}
.chart .error .pill{fill:${p.errorPill};stroke:${p.errorBorder}}
.chart .error .trigger{fill:${p.error}}
`;
}

/** Beside {@link chartCss}, for a drawing that was laid out with counts. What was never taken is underlined, too. */
export function countCss(theme: Theme): string {
  const p: Palette = PALETTES[theme];
  return `.chart .count{font-weight:700;fill:${p.delayed}}
.chart .untaken{font-weight:700;fill:${p.error};text-decoration:underline}
`;
}
