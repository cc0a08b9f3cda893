import * as tokens from '@cloudscape-design/design-tokens';

/** The design tokens that vigia.css uses, under names of its own: those of Cloudscape hold a hash and change with each release. */
const used = {
    text: tokens.colorTextBodyDefault,
    'text-weak': tokens.colorTextBodySecondary,
    link: tokens.colorTextLinkDefault,
    page: tokens.colorBackgroundLayoutMain,
    container: tokens.colorBackgroundContainerContent,
    shaded: tokens.colorBackgroundCellShaded,
    selected: tokens.colorBackgroundItemSelected,
    'selected-line': tokens.colorBorderItemSelected,
    focus: tokens.colorBorderItemFocused,
    line: tokens.colorBorderDividerDefault,
    'line-weak': tokens.colorBorderDividerSecondary,
    error: tokens.colorTextStatusError,
    warning: tokens.colorTextStatusWarning,
    success: tokens.colorTextStatusSuccess,
    info: tokens.colorTextStatusInfo,
    mono: tokens.fontFamilyMonospace,
    'severity-1': tokens.colorChartsStatusCritical,
    'severity-2': tokens.colorChartsStatusMedium,
    'severity-3': tokens.colorChartsStatusNeutral,
} as const;

/** Puts them on the body, where Cloudscape puts its own, so that they follow the theme. */
export function setTokens(): void {
    for (const [name, value] of Object.entries(used)) document.body.style.setProperty(`--vg-${name}`, value);
}

/** The colours of severities 1, 2, 3 in plots. */
export const severityColours = [used['severity-1'], used['severity-2'], used['severity-3']] as const;
