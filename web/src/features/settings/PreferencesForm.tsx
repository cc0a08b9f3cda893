import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useText } from '~/app/intl';
import { type Preferences, usePreferences } from '~/app/preferences';

type Chosen = 'language' | 'theme' | 'zone' | 'density' | 'splitPosition';

/** What a person settles about the console; each choice holds at once. */
export function PreferencesForm() {
    const t = useText();
    const { preferences, set } = usePreferences();
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const choice = <Name extends Chosen>(
        name: Name,
        label: string,
        options: readonly [Preferences[Name], string][],
    ) => {
        const all = options.map(([value, text]) => ({ value: value as string, label: text }));
        return (
            <FormField label={label}>
                <Select
                    selectedOption={all.find((one) => one.value === preferences[name]) ?? null}
                    options={all}
                    onChange={({ detail }) => set({ [name]: detail.selectedOption.value })}
                />
            </FormField>
        );
    };
    return (
        <Container
            header={
                <Header variant="h2" description={t('settings.preferences.what')}>
                    {t('settings.preferences')}
                </Header>
            }
        >
            <SpaceBetween size="l">
                <ColumnLayout columns={2}>
                    {choice('language', t('top.language'), [
                        ['en', 'English'],
                        ['pt-BR', 'Português (Brasil)'],
                    ])}
                    {choice('theme', t('top.theme'), [
                        ['light', t('top.theme.light')],
                        ['dark', t('top.theme.dark')],
                        ['system', t('top.theme.system')],
                    ])}
                    {choice('zone', t('top.zone'), [
                        ['local', t('top.zone.local', { zone })],
                        ['utc', t('top.zone.utc')],
                    ])}
                    {choice('density', t('top.density'), [
                        ['comfortable', t('top.density.comfortable')],
                        ['compact', t('top.density.compact')],
                    ])}
                    {choice('splitPosition', t('settings.preferences.split'), [
                        ['auto', t('settings.preferences.split.auto')],
                        ['side', t('settings.preferences.split.side')],
                        ['bottom', t('settings.preferences.split.bottom')],
                    ])}
                </ColumnLayout>
                <Toggle
                    checked={preferences.assignOnOpen}
                    description={t('settings.preferences.assign.what')}
                    onChange={({ detail }) => set({ assignOnOpen: detail.checked })}
                >
                    {t('settings.preferences.assign')}
                </Toggle>
            </SpaceBetween>
        </Container>
    );
}
