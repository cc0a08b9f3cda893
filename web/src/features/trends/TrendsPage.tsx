export default function TrendsPage() {
    return null;
}
