export default function AlertPage() {
    return null;
}
