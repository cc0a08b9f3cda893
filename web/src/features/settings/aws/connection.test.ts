import { describe, expect, it } from 'vitest';
import { type Connection, deployCommand, draftOf, faultsOf, stateOf } from './connection';

const queue_url = 'https://sqs.eu-west-1.amazonaws.com/111122223333/vigia';
const role_arn = 'arn:aws:iam::111122223333:role/vigia';
const connection: Connection = {
    id: 'c1',
    name: 'trail',
    queue_url,
    region: '',
    role_arn,
    external_id: '0123456789abcdef0123456789abcdef',
    source: 'aws:c1',
    is_configured: false,
    enabled: true,
    created_at: '2026-11-26T10:00:00Z',
    version: 3,
    dead_letters: 0,
    status: null,
};
const status: NonNullable<Connection['status']> = {
    error: '',
    error_at: null,
    last_failure: '',
    last_failure_at: null,
    last_message: '2026-11-26T10:00:00Z',
    lag_seconds: 2,
    messages: 1,
    objects: 1,
    bytes: 1,
    failures: 0,
    dead: 0,
    without_object: 0,
    in_work: 0,
    waiting: null,
    in_flight: null,
};

describe('a connection to AWS', () => {
    it('has a state', () => {
        expect(stateOf({ ...connection, role_arn: '' })).toBe('draft');
        expect(stateOf({ ...connection, queue_url: '' })).toBe('draft');
        expect(stateOf({ ...connection, role_arn: '', is_configured: true })).toBe('waiting');
        expect(stateOf({ ...connection, enabled: false })).toBe('paused');
        expect(stateOf(connection)).toBe('waiting');
        expect(stateOf({ ...connection, status })).toBe('taking');
        expect(stateOf({ ...connection, status: { ...status, error: 'AccessDenied' } })).toBe('failing');
    });
    it('is sent back without what the server alone says', () => {
        expect(draftOf(connection)).toEqual({ name: 'trail', queue_url, region: '', role_arn, enabled: true });
    });
    it('knows what no queue and no role can be', () => {
        expect(faultsOf(queue_url, role_arn)).toEqual({});
        expect(faultsOf(` ${queue_url} `, role_arn)).toEqual({});
        expect(faultsOf('', ' ')).toEqual({ queue: 'missing', role: 'missing' });
        expect(faultsOf('arn:aws:sqs:eu-west-1:111122223333:vigia', 'arn:aws:iam::111122223333:user/x')).toEqual({
            queue: 'queue',
            role: 'role',
        });
        expect(faultsOf(queue_url, 'arn:aws-us-gov:iam::111122223333:role/path/vigia').role).toBeUndefined();
    });
    it('is deployed with its external id, for whom the service is', () => {
        expect(deployCommand('abc', 'arn:aws:iam::999988887777:role/v')).toContain(
            'VigiaPrincipalArn=arn:aws:iam::999988887777:role/v ExternalId=abc',
        );
        expect(deployCommand('abc', null)).toContain('ExternalId=abc');
    });
});
