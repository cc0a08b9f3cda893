// Cloudscape's global styles carry eight fonts as data: URIs. They become files, so that the style sheet is small and
// the content security policy can ask for fonts of this origin alone.
const font = /url\((['"]?)data:font\/woff2;base64,([A-Za-z0-9+/=]+)\1\)/g;

export function fontsAsFiles() {
    const files = new Map();
    return {
        name: 'fonts-as-files',
        enforce: 'post',
        generateBundle(_options, bundle) {
            for (const file of Object.values(bundle)) {
                if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
                file.source = String(file.source)
                    .replace(/@font-face\s*{/g, '@font-face{font-display:swap;')
                    .replace(font, (_whole, _quote, data) => {
                        if (!files.has(data)) {
                            const reference = this.emitFile({
                                type: 'asset',
                                name: `open-sans-${files.size}.woff2`,
                                source: Buffer.from(data, 'base64'),
                            });
                            files.set(data, this.getFileName(reference));
                        }
                        return `url(/${files.get(data)})`;
                    });
            }
        },
    };
}
