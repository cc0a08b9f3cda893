import { I18nProvider } from '@cloudscape-design/components/i18n';
import { type ReactNode, Suspense, use, useEffect } from 'react';
import { createIntlCache, IntlProvider, type MessageFormatElement, useIntl } from 'react-intl';
import { First } from './first';
import { type Language, usePreferences } from './preferences';

type Catalog = Record<string, MessageFormatElement[]>;
interface Loaded {
    texts: Catalog;
    components: Parameters<typeof I18nProvider>[0]['messages'];
}

const loaders: Record<Language, () => Promise<Loaded>> = {
    en: async () => ({
        texts: (await import('~/i18n/en.gen.json')).default as unknown as Catalog,
        components: [(await import('@cloudscape-design/components/i18n/messages/all.en')).default],
    }),
    'pt-BR': async () => ({
        texts: (await import('~/i18n/pt-BR.gen.json')).default as unknown as Catalog,
        components: [(await import('@cloudscape-design/components/i18n/messages/all.pt-BR')).default],
    }),
};

const loaded = new Map<Language, Promise<Loaded>>();
export function catalog(language: Language): Promise<Loaded> {
    let promise = loaded.get(language);
    if (!promise) {
        promise = loaders[language]();
        loaded.set(language, promise);
    }
    return promise;
}
export const intlCache = createIntlCache();

function Loading({ language, children }: { language: Language; children: ReactNode }) {
    const { texts, components } = use(catalog(language));
    useEffect(() => {
        document.documentElement.lang = language;
    }, [language]);
    return (
        <IntlProvider locale={language} defaultLocale="en" messages={texts}>
            <I18nProvider locale={language} messages={components}>
                {children}
            </I18nProvider>
        </IntlProvider>
    );
}

export function Languages({ children }: { children: ReactNode }) {
    const { preferences } = usePreferences();
    return (
        <Suspense fallback={<First />}>
            <Loading language={preferences.language}>{children}</Loading>
        </Suspense>
    );
}

type Values = Record<string, string | number | boolean | Date | null | undefined>;

/** The texts of the console: `t('alerts.title', {count})`. */
export function useText(): (id: string, values?: Values) => string {
    const intl = useIntl();
    return (id, values) => intl.formatMessage({ id, defaultMessage: id }, values as never);
}
