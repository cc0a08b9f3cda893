export default function InventoryItemPage() {
    return null;
}
