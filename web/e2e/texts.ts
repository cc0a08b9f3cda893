import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createIntl } from 'react-intl';

export type Language = 'en' | 'pt-BR';
export const languages: readonly Language[] = ['en', 'pt-BR'];
export type Texts = (id: string, values?: Record<string, string | number>) => string;

const src = new URL('../src', import.meta.url).pathname;

/** The texts of the console as somebody who reads the language sees them; a text that is not there fails the test. */
export function texts(language: Language): Texts {
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith(`messages.${language}.json`))
        .map((path) => join(src, path));
    const messages = Object.assign({}, ...files.map((file) => JSON.parse(readFileSync(file, 'utf8')))) as Record<
        string,
        string
    >;
    const intl = createIntl({
        locale: language,
        messages,
        onError: (error) => {
            throw error;
        },
    });
    return (id, values) => intl.formatMessage({ id }, values) as string;
}
