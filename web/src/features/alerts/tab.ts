export const tabs = ['why', 'events', 'notes', 'similar', 'json'] as const;
export type Tab = (typeof tabs)[number];
export const tabOf = (text: string | null): Tab => tabs.find((one) => one === text) ?? 'why';
